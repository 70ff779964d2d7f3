"""A mail server for tests: takes letters and tells each as a line of JSON, read by Python's own mail library.

    server.py PORT [--tls FOLDER] [--auth USER PASSWORD]

With --tls it asks for STARTTLS, with a certificate for localhost by an authority of its own, left in FOLDER/ca.pem. Letters to
`refused@…` are refused for good, those to `later@…` once for now. The first line says that it listens; it ends with its input.
"""

import argparse
import asyncio
import email
import email.policy
import json
import pathlib
import ssl
import subprocess
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult

ends = argparse.ArgumentParser()
ends.add_argument("port", type=int)
ends.add_argument("--tls", type=pathlib.Path)
ends.add_argument("--auth", nargs=2)
arguments = ends.parse_args()


class Letters:
    def __init__(self):
        self.put_off = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return f"550 5.1.1 <{address}> is nobody here"
        if address.startswith("later@") and address not in self.put_off:
            self.put_off.add(address)
            return f"451 4.7.1 <{address}> is greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        told = {
            "to": envelope.rcpt_tos,
            "headers": {name: str(value) for name, value in letter.items()},
            "plain": letter.get_body(("plain",)).get_content(),
            "html": letter.get_body(("html",)).get_content(),
            "encrypted": session.ssl is not None,
            "signed_in": bool(session.authenticated),
            "hello": session.host_name,
        }
        print(json.dumps(told), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    given = [data.login.decode(), data.password.decode()]
    return AuthResult(success=given == arguments.auth, handled=False)


def certified(folder):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    constraints = ["-addext", "basicConstraints=critical,CA:TRUE"]
    openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=tests", *constraints)
    openssl("req", *new, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", "cert.pem", "-days", "2", "-extfile", "names")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


async def serve():
    options = {}
    if arguments.tls:
        options |= {"tls_context": certified(arguments.tls), "require_starttls": True}
    if arguments.auth:
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": bool(arguments.tls)}
    letters = Letters()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(letters, hostname="localhost", **options), "127.0.0.1", arguments.port)
    ended = asyncio.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(ended.set)), daemon=True).start()
    print("listening", flush=True)
    await ended.wait()
    server.close()


asyncio.run(serve())

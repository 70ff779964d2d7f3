// A real provider (oidc-provider, certified by the OpenID Foundation) on this machine, for the tests of the sign-in.
//
//   node provider.mjs REDIRECT_URI   prints its issuer on the first line, and answers until its input is closed.
//
// Its own pages for signing in take any name and any password: the name becomes the subject. Whoever is called
// "outsider" lacks the claim that the city asks for.
import { createRequire } from "node:module";
import { createServer } from "node:http";
import path from "node:path";

const folder = process.env.QINGYUAN_OIDC ?? import.meta.dirname;
const require = createRequire(path.join(folder, "package.json"));
const { Provider } = await import(require.resolve("oidc-provider"));

const [redirect] = process.argv.slice(2);
const server = createServer();
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "qingyuan",
      client_secret: "a secret of the test, and of nothing else",
      redirect_uris: [redirect],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub", "department"] },
  // Claims stand in the token itself, as city providers do it.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ["a key of the test"] },
  async findAccount(_context, sub) {
    return {
      accountId: sub,
      claims: () => ({ sub, department: sub === "outsider" ? "elsewhere" : "江城市" }),
    };
  },
});
server.on("request", provider.callback());
console.log(issuer);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));

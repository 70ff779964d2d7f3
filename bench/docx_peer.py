"""The document of crates/report/benches/docx.rs through docxtpl.

Usage: docx_peer.py OURS.docx [ROUNDS]. The peer is to make the same document, content controls included, so its
templates are made from ours: one with a variable of its own for each figure, as a report is written,
and one with a loop over paragraphs, docxtpl's best case. Prints the seconds of each, from opening the
template to the saved file; making the templates and the values is not counted.
"""

import re
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from docxtpl import DocxTemplate

CONTROL = re.compile(r'<w:sdt>.*?</w:sdt>', re.S)
SHOWN = re.compile(r'(<w:t xml:space="preserve">)([^<]*)(</w:t></w:r></w:sdtContent>)')
BODY = re.compile(r'(?:<w:p><w:pPr><w:pStyle w:val="BodyText"/></w:pPr>(?:<w:r>|<w:sdt>).*?</w:p>)+', re.S)


def rewrite(source, target, change):
    """A copy of a DOCX with another main part."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data.decode()) if name == "word/document.xml" else data)


def seconds(template, context, out, rounds):
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        document = DocxTemplate(template)
        document.render(context)
        document.save(out)
        best = min(best, time.perf_counter() - began)
    return best


def main():
    ours = Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with zipfile.ZipFile(ours) as archive:
        main_part = archive.read("word/document.xml").decode()
    shown = [match.group(2) for match in SHOWN.finditer(main_part)]
    tags = re.findall(r'<w:tag w:val="([^"]*)"', main_part)
    names = re.findall(r'<w:alias w:val="([^"]*)"', main_part)

    def each_figure(text):
        numbers = iter(range(len(shown)))
        return SHOWN.sub(lambda match: f"{match.group(1)}{{{{ f{next(numbers)} }}}}{match.group(3)}", text)

    def one_paragraph(text):
        body = BODY.search(text)
        first = body.group(0).split("</w:p>")[0] + "</w:p>"
        places = iter(range(4))

        def control(match):
            place = next(places)
            result = re.sub(r'<w:tag w:val="[^"]*"', f'<w:tag w:val="{{{{ group[{place}].tag }}}}"', match.group(0))
            result = re.sub(r'<w:alias w:val="[^"]*"', f'<w:alias w:val="{{{{ group[{place}].name }}}}"', result)
            result = re.sub(r'<w:id w:val="[^"]*"', f'<w:id w:val="{{{{ group[{place}].id }}}}"', result)
            return SHOWN.sub(lambda inner: f"{inner.group(1)}{{{{ group[{place}].shown }}}}{inner.group(3)}", result)

        numbers = iter(range(4))
        first = CONTROL.sub(control, first)
        first = re.sub(r"第\d+项", lambda _: f"第{{{{ group[{next(numbers)}].number }}}}项", first)
        paragraph = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
        looped = paragraph.format("{%p for group in groups %}") + first + paragraph.format("{%p endfor %}")
        return text[: body.start()] + looped + text[body.end() :]

    with tempfile.TemporaryDirectory() as folder:
        each, loop, out = (Path(folder) / name for name in ("each.docx", "loop.docx", "out.docx"))
        rewrite(ours, each, each_figure)
        rewrite(ours, loop, one_paragraph)
        values = {f"f{index}": value for index, value in enumerate(shown)}
        figures = [
            {"number": index, "shown": value, "tag": tags[index], "name": names[index], "id": index + 1}
            for index, value in enumerate(shown)
        ]
        groups = [figures[first : first + 4] for first in range(0, len(figures), 4)]
        for template, context in ((each, values), (loop, {"groups": groups})):
            best = seconds(template, context, out, rounds)
            with zipfile.ZipFile(out) as archive:
                made = SHOWN.findall(archive.read("word/document.xml").decode().replace("<w:t>", '<w:t xml:space="preserve">'))
            if [text for _, text, _ in made] != shown:
                sys.exit(f"docxtpl made another document: {len(made)} figures instead of {len(shown)}")
            print(f"{best:.6f}")


main()

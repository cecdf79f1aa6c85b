"""Texts of the Python extractors: {"pages": FILE, "out": FILE, "name": NAME} → {"seconds", "failed", "version"}.

Pages are lines {"set", "file", "html"}, texts lines {"set", "file", "text"}. Seconds are of processor time, of
the extraction alone.
"""
import importlib.metadata
import json
import sys
import time


def trafilatura(html):
    import trafilatura as extractor

    return extractor.extract(html, include_comments=False)


def rs_trafilatura(html):
    import rs_trafilatura as extractor

    return extractor.extract(html).main_content


def resiliparse(html):
    from resiliparse.extract.html2text import extract_plain_text

    return extract_plain_text(html, main_content=True)


def justext(html):
    import justext as extractor

    paragraphs = extractor.justext(html.encode(), extractor.get_stoplist("English"), encoding="utf-8")
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


options = json.loads(sys.argv[1])
extract = globals()[options["name"]]
with open(options["pages"]) as file:
    pages = [json.loads(line) for line in file]
spent, failed = 0.0, 0
with open(options["out"], "w") as out:
    for page in pages:
        start = time.process_time()
        try:
            text = extract(page["html"]) or ""
        except Exception:
            text, failed = "", failed + 1
        spent += time.process_time() - start
        out.write(json.dumps({"set": page["set"], "file": page["file"], "text": text}) + "\n")
version = importlib.metadata.version(options["name"])
print(json.dumps({"seconds": spent, "failed": failed, "version": version}))

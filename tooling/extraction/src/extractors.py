"""Texts of the peers for score.ts: extractors.py PAGES.jsonl OUT_DIR; prints pages/s of processor time."""
import json, sys, time, pathlib

pages = [json.loads(line) for line in open(sys.argv[1])]
out = pathlib.Path(sys.argv[2]); out.mkdir(exist_ok=True)
def trafilatura(html):
    import trafilatura as t
    return t.extract(html, include_comments=False) or ''
def trafilatura_precision(html):
    import trafilatura as t
    return t.extract(html, include_comments=False, favor_precision=True) or ''
def rs_trafilatura(html):
    import rs_trafilatura as r
    return r.extract(html).main_content or ''
def resiliparse(html):
    from resiliparse.extract.html2text import extract_plain_text
    return extract_plain_text(html, main_content=True)
def justext(html):
    import justext as j
    return '\n'.join(p.text for p in j.justext(html.encode(), j.get_stoplist('English'), encoding='utf-8') if not p.is_boilerplate)
names = sys.argv[3:] or ['trafilatura', 'trafilatura_precision', 'rs_trafilatura', 'resiliparse', 'justext']
for name in names:
    work = globals()[name]; spent = 0; failed = 0
    with open(out / f'{name}.jsonl', 'w') as file:
        for page in pages:
            start = time.process_time()
            try: text = work(page['html'])
            except Exception: text = ''; failed += 1
            spent += time.process_time() - start
            file.write(json.dumps({'set': page['set'], 'file': page['file'], 'text': text}) + '\n')
    print(f'{name}: {len(pages)} pages, {failed} failed, {len(pages)/spent:.1f} pages/s')

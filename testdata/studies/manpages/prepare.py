"""Make folders of texts of Debian's translated manual pages: LANGUAGE/SECTION/page.txt.

    prepare.py UNPACKED OUT

UNPACKED is a folder that the packages manpages-de, -de-dev, -es, -es-dev, -fr, -fr-dev, -pl and -pl-dev
were unpacked to (dpkg-deb -x). Commands of groff go, as do the titles that name the section. A page
that several languages have is given to one of them, by the CRC-32 of its name, so that no page is a
translation of another.
"""

import gzip
import pathlib
import re
import sys
import zlib

LANGUAGES = ["de", "es", "fr", "pl"]
SECTIONS = ["1", "2", "3", "5", "7", "8"]


def plain(source):
    lines = []
    for line in source.split("\n"):
        if re.match(r"""[.'](TH|\\"|so|ds|de|if|ie|el|nr|tr|Dd|Dt|Os)""", line) or line.startswith(('.\\"', "'\\\"")):
            continue
        line = re.sub(r"^[.'][A-Za-z]+ ?", "", line)
        line = re.sub(r"\\f(\[[^]]*\]|\(..|.)", "", line)
        line = line.replace("\\-", "-").replace("\\&", "").replace("\\ ", " ").replace("\\e", "\\")
        line = re.sub(r"\\\((..)", " ", line)
        line = re.sub(r"\\[*n]?(\[[^]]*\]|\(..|.)", "", line)
        line = re.sub(r"\(\d[a-z]*\)", "", line)  # the section behind the name of another page
        lines.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def main():
    unpacked, out = map(pathlib.Path, sys.argv[1:])
    pages = {}  # of a name: {language: file}
    for file in sorted(unpacked.rglob("*.gz")):
        m = re.search(r"/man/([a-z_A-Z]+)/man(\d)/(.*)\.\d[^.]*\.gz$", str(file))
        if m and m[1] in LANGUAGES and m[2] in SECTIONS and file.is_file() and not file.is_symlink():
            pages.setdefault((m[2], m[3]), {})[m[1]] = file
    for (section, name), of in sorted(pages.items()):
        text = {}
        for language, file in of.items():
            page = gzip.open(file).read().decode("utf-8")
            if not re.search(r"^\.so ", page, re.M):
                text[language] = plain(page)
        have = sorted(language for language in text if len(text[language]) >= 200)
        if not have:
            continue
        language = have[zlib.crc32(name.encode()) % len(have)]
        folder = out / language / f"section-{section}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.txt").write_text(text[language])


main()

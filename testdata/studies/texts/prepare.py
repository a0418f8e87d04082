"""Makes folders of short texts, DOMAIN/CLASS/NAME.txt, of what Debian and Go have on a machine.

    prepare.py packages LISTS OUT   descriptions of Debian's packages, by language
    prepare.py comments OUT MODULES... comments of Go, by who wrote them

LISTS is the folder of apt's lists, of a machine that has them of Acquire::Languages en, de and ja. The
class of a description is the section of its package. Of the packages that one source makes, whose
descriptions share sentences, the first is taken, and it is given to one of the languages that it is
described in, by the CRC-32 of its name.

The class of a comment is what it stands before: a function, a method, a type or a value. The name that
the comment begins with goes. MODULES are DOMAIN=FOLDER, folders of sources in Go.
"""

import collections
import pathlib
import re
import subprocess
import sys
import zlib

SECTIONS = ["admin", "games", "graphics", "net", "science", "sound", "utils", "web"]
LANGUAGES = ["en", "de", "ja"]
MOST = 600  # texts of a domain


def paragraphs(file):
    text = subprocess.run(["/usr/lib/apt/apt-helper", "cat-file", file], check=True, capture_output=True).stdout.decode()
    for block in text.split("\n\n"):
        fields, key = {}, None
        for line in block.split("\n"):
            if line[:1] == " " and key:
                fields[key] += "\n" + line
            elif ":" in line:
                key, value = line.split(":", 1)
                fields[key] = value.strip()
        if fields:
            yield fields


def packages(lists, out):
    section, source = {}, {}
    for file in sorted(pathlib.Path(lists).glob("*bookworm_main_binary-*_Packages*")):
        for p in paragraphs(file):
            section[p["Package"]] = p.get("Section", "").split("/")[-1]
            source[p["Package"]] = p.get("Source", p["Package"]).split()[0]
    described = {}
    for language in LANGUAGES:
        (file,) = pathlib.Path(lists).glob(f"*bookworm_main_i18n_Translation-{language}*")
        for p in paragraphs(file):
            text = re.sub(r"(?m)^ \.?", "", p["Description-" + language]).strip() + "\n"
            described.setdefault(p["Package"], {})[language] = text
    found, taken = collections.defaultdict(list), set()
    for name in sorted(described):
        if section.get(name) not in SECTIONS or source[name] in taken:
            continue
        taken.add(source[name])
        # Few packages are described in Japanese: languages that are rarer go first.
        other = [l for l in LANGUAGES if l != "en" and l in described[name]] or ["en"]
        language = other[zlib.crc32(name.encode()) % len(other)]
        found[language].append((section[name], name, described[name][language]))
    write(out, found)


def comments(out, modules):
    found, seen = collections.defaultdict(list), set()
    kinds = {"func": "function", "func (": "method", "type": "type", "var": "value", "const": "value"}
    for module in modules:
        domain, folder = module.split("=", 1)
        for file in sorted(pathlib.Path(folder).rglob("*.go")):
            if file.name.endswith("_test.go") or "testdata" in file.parts or "vendor" in file.parts:
                continue
            source = file.read_text(errors="ignore")
            if "DO NOT EDIT" in source[:3000]:
                continue
            for m in re.finditer(r"(?m)((?:^//.*\n)+)^(func \(|func|type|var|const)(?:[^)\n]*\))? ?([A-Z]\w*)", source):
                words = re.sub(r"(?m)^//(go:.*)?", "", m[1]).split()
                if len(words) < 6 or words[0] != m[3]:
                    continue
                text = " ".join(words[1:]).replace(m[3], "it") + "\n"
                if text not in seen:
                    seen.add(text)
                    found[domain].append((kinds[m[2]], f"{len(seen):06}", text))
    write(out, found)


def write(out, found):
    for domain, texts in found.items():
        texts.sort(key=lambda t: (zlib.crc32(t[2].encode()), t))
        for kind, name, text in texts[:MOST]:
            file = pathlib.Path(out, domain, kind, name + ".txt")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)


if sys.argv[1] == "packages":
    packages(*sys.argv[2:])
else:
    comments(sys.argv[2], sys.argv[3:])

"""Writes the fixtures of this folder with reference writers and records in expected.tsv what reference readers say.

Run in an empty folder with Python 3.11 and: pandas 3.1.1, amazon.ion 0.15.0, pyspark 3.5.9 (Java 17).

expected.tsv: file, writer, then what the finding must be: format, layout, delimiter, header, columns, records, spans,
encoding, newline, longest line in bytes; "-" where it does not apply. Where Spark or pandas can read the file, columns and
records are what they read, asserted to be what was written; spans is measured: Spark reads other records without multiLine
than with it. Longest is the longest of bytes.splitlines(), or for wide encodings of the decoded text's, encoded again.
"""

import csv, io, json, os, random, struct

import pandas as pd

draw = random.Random(4)
WORDS = "amber basil cedar delta ember fjord grove haven".split()
ROWS = [{"id": i, "name": draw.choice(WORDS), "price": round(draw.random() * 100, 2), "day": "2026-%02d-%02d" % (i % 12 + 1, i % 28 + 1),
         "note": draw.choice(WORDS) + " " + draw.choice(WORDS)} for i in range(25)]
TABLE = pd.DataFrame(ROWS)
records = []


def save(name, data):
    with open(name, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def session():
    from pyspark.sql import SparkSession
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def longest(data, encoding):
    if encoding.startswith("utf-") and encoding != "utf-8":
        return max(len(line.encode(encoding)) for line in data.decode({"le": "", "be": ""}.get(encoding, encoding)).lstrip("\ufeff").replace("\r\n", "\n").split("\n"))
    data = data[3:] if data.startswith(b"\xef\xbb\xbf") else data
    return max(map(len, data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")))


def record(name, writer, format, layout="-", delimiter="-", header="-", columns="-", count="-", spans="-", encoding="utf-8", newline="lf"):
    data = open(name, "rb").read()
    size = "-" if encoding == "-" else longest(data, encoding)
    records.append([name, writer, format, layout, delimiter, header, columns, count, spans, encoding, newline, size])


def jsons(spark):
    def add(name, writer, layout, data, want=ROWS, encoding="utf-8", newline="lf", count=None):
        save(name, data)
        def read(multi):
            reader = spark.read.option("multiLine", multi)
            if encoding != "utf-8":
                reader = reader.option("encoding", encoding).option("lineSep", "\n")
            try:
                return [r.asDict() for r in reader.json(name, schema="id int, name string, price double, day string, note string").collect()]
            except Exception:
                return None
        lines, multi = read(False), read(True)
        with_lines, with_multi = lines == want, multi == want
        assert with_lines or with_multi or layout in ("concatenated", "multiline"), (name, lines, multi)
        spans = "no" if with_lines else "yes"
        if layout == "concatenated":
            assert lines == want[::5], lines  # the first of each line
            spans = "no"
        record(name, writer, "json", layout, count=len(want) if count is None else count, spans=spans, encoding=encoding, newline=newline)

    lines = TABLE.to_json(orient="records", lines=True)
    add("lines.json", "pandas to_json lines", "lines", lines)
    add("crlf.json", "pandas to_json lines, \\r\\n", "lines", lines.replace("\n", "\r\n"), newline="crlf")
    add("bom.json", "pandas to_json lines, utf-8-sig", "lines", lines.encode("utf-8-sig"))
    add("utf16le.json", "pandas to_json lines, utf-16-le", "lines", lines.encode("utf-16-le"), encoding="utf-16le")
    spark.createDataFrame(TABLE).coalesce(1).write.mode("overwrite").json("out")
    (part,) = [p for p in os.listdir("out") if p.startswith("part-")]
    add("spark.json", "Spark 3.5.9 write.json", "lines", open("out/" + part, "rb").read())
    add("array.json", "json.dumps", "array", json.dumps(ROWS), newline="-", count=1)
    add("records.json", "pandas to_json indent=2", "array", TABLE.to_json(orient="records", indent=2), count=1)
    add("pretty.json", "json.dumps indent=4", "multiline", json.dumps(ROWS[0], indent=4), want=ROWS[:1])
    add("prettyrows.json", "json.dumps indent=2, each", "multiline", "\n".join(json.dumps(r, indent=2) for r in ROWS))
    add("concatenated.json", "json.dumps, five on a line", "concatenated",
        "".join("".join(json.dumps(r) for r in ROWS[i:i + 5]) + "\n" for i in range(0, 25, 5)))


def tables(spark):
    def add(name, writer, delimiter, header, data=None, frame=TABLE, encoding="utf-8", newline="lf", sep=None, python="utf-8"):
        if data is not None:
            save(name, data)
        read = pd.read_csv(name, sep=delimiter, header=0 if header != "no" else None, encoding=python, escapechar="\\" if "spark" in name else None)
        assert read.shape == frame.shape, (name, read.shape, frame.shape)
        assert [str(v) for v in read.iloc[3]] == [str(v) for v in frame.iloc[3]], name
        rows = lambda multi: spark.read.csv(name, sep=delimiter, multiLine=multi, escape="\\" if "spark" in name else '"',
                                             encoding="ISO-8859-1" if python == "latin-1" else "UTF-8").count()
        assert rows(True) == len(frame) + (header != "no"), (name, rows(True))
        record(name, writer, "tsv" if delimiter == "\t" else "csv", delimiter={"\t": "\\t", "\x01": "\\x01"}.get(delimiter, delimiter), header=header,
               columns=frame.shape[1], count=len(frame) + (header != "no"), spans="yes" if rows(False) != rows(True) else "no",
               encoding=encoding, newline=newline)

    def pandas(**options):
        return TABLE.to_csv(index=False, **options)

    add("comma.csv", "pandas to_csv", ",", "yes", pandas())
    add("noheader.csv", "pandas to_csv header=False", ",", "no", pandas(header=False))
    add("semicolon.csv", "pandas to_csv sep=;", ";", "yes", pandas(sep=";"))
    add("pipe.csv", "pandas to_csv sep=|", "|", "yes", pandas(sep="|"))
    add("tab.tsv", "pandas to_csv sep=\\t", "\t", "yes", pandas(sep="\t"))
    add("hive.csv", "pandas to_csv sep=\\x01", "\x01", "no", pandas(sep="\x01", header=False))
    add("quoted.csv", "pandas to_csv QUOTE_ALL", ",", "yes", pandas(quoting=csv.QUOTE_ALL))
    add("crlf.csv", "pandas to_csv \\r\\n", ",", "yes", pandas(lineterminator="\r\n"), newline="crlf")
    add("bom.csv", "pandas to_csv utf-8-sig", ",", "yes", pandas().encode("utf-8-sig"), python="utf-8-sig")
    broken = TABLE.assign(note=[n.replace(" ", '\nand, "so"\n') for n in TABLE["note"]])
    add("multiline.csv", "pandas to_csv, line ends in values", ",", "yes", broken.to_csv(index=False), frame=broken)
    accents = TABLE.assign(name=[n.replace("e", "\xe9") for n in TABLE["name"]])
    add("latin1.csv", "pandas to_csv latin-1", ",", "yes", accents.to_csv(index=False).encode("latin-1"), frame=accents, encoding="latin-1", python="latin-1")
    strings = TABLE[["name", "note"]]
    add("strings.csv", "pandas to_csv of strings", ",", "unknown", strings.to_csv(index=False), frame=strings)
    slashed = TABLE.assign(note=[n.replace(" ", ' "or", ') for n in TABLE["note"]])
    spark.createDataFrame(slashed).coalesce(1).write.mode("overwrite").csv("out", header=True)
    (part,) = [p for p in os.listdir("out") if p.startswith("part-")]
    add("spark.csv", "Spark 3.5.9 write.csv", ",", "yes", open("out/" + part, "rb").read(), frame=slashed)


def others():
    from amazon.ion import simpleion
    TABLE.to_xml("rows.xml", index=False, parser="etree", row_name="sale")
    assert pd.read_xml("rows.xml", parser="etree").shape == TABLE.shape
    record("rows.xml", "pandas to_xml", "xml", count=25, spans="yes")
    TABLE.to_xml("flat.xml", index=False, parser="etree", pretty_print=False, xml_declaration=False)
    assert pd.read_xml("flat.xml", parser="etree").shape == TABLE.shape
    record("flat.xml", "pandas to_xml, one line", "xml", count=25, spans="no", newline="-")
    TABLE.to_xml("utf16.xml", index=False, parser="etree", row_name="sale", encoding="utf-16")
    assert pd.read_xml("utf16.xml", parser="etree", encoding="utf-16").shape == TABLE.shape
    record("utf16.xml", "pandas to_xml utf-16", "xml", count=25, spans="yes", encoding="utf-16le")
    save("rows.10n", simpleion.dumps(ROWS, binary=True))
    assert len(simpleion.loads(open("rows.10n", "rb").read())) == 25
    record("rows.10n", "amazon.ion binary", "ion", encoding="-", newline="-")
    save("rows.ion", simpleion.dumps(ROWS, binary=False))
    assert len(simpleion.loads(open("rows.ion").read())) == 25
    record("rows.ion", "amazon.ion text", "ion", newline="-")
    import logging, pickle, tarfile
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.formatter.converter = lambda seconds=None: (2026, 11, 24, 8, 30, 0, 1, 328, 0)
    log = logging.getLogger("sales"); log.setLevel("INFO"); log.addHandler(handler); log.propagate = False
    for r in ROWS:
        log.info("sold %s to %s", r["name"], r["note"])
    save("python.log", stream.getvalue())
    record("python.log", "python logging", "text", count=25)
    save("rows.pickle", pickle.dumps(ROWS)); record("rows.pickle", "python pickle", "unknown", encoding="-", newline="-")
    with tarfile.open("rows.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
        data = open("comma.csv", "rb").read()
        entry = tarfile.TarInfo("comma.csv")
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
    save("rows.tar", open("rows.tar", "rb").read()[:2048]); record("rows.tar", "python tarfile", "tar", encoding="-", newline="-")


if __name__ == "__main__":
    import shutil
    spark = session()
    jsons(spark); tables(spark); others()
    spark.stop()
    shutil.rmtree("out")
    with open("expected.tsv", "w") as f:
        for row in sorted(records):
            f.write("\t".join(map(str, row)) + "\n")

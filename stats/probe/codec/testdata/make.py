"""Writes the fixtures of this folder with reference writers and records in expected.tsv what reference readers say.

Run in an empty folder with Python 3.11 and: python-snappy 0.7.3, zstandard 0.25.0, lz4 4.4.5, pgzip 0.4.0, pyspark 3.5.9
(Java 17); on the path: zstd and pzstd 1.5.4, lz4 1.9.4, lzop 1.04, bgzip (htslib) 1.16, brotli 1.0.9, xz 5.4.1.

    python make.py            the fixtures of every writer and expected.tsv
    python make.py read       spark.tsv: what Spark reads from each of them under each of several names

expected.tsv: file, writer, codec, its size, the size and SHA-256 of what the reference reader inflates it to; "-" where
no reader was asked. The plain data are made by rows(), never committed.
"""

import bz2, gzip, hashlib, json, lzma, os, random, subprocess, sys, zipfile, zlib


def rows(count, seed=4):
    """JSON lines, about 105 bytes each: the same bytes for the same arguments."""
    draw = random.Random(seed)
    words = "amber basil cedar delta ember fjord grove haven".split()
    out = []
    for i in range(count):
        out.append(json.dumps({"id": i, "user": "u%06d" % draw.randrange(10**6), "word": draw.choice(words),
                               "amount": round(draw.random() * 1000, 2), "note": draw.choice(words) + " " + draw.choice(words)}))
    return ("\n".join(out) + "\n").encode()


PLAIN = rows(60)
SHORT = PLAIN[:PLAIN.rfind(b"\n", 0, 2000) + 1]
WIDE = PLAIN * 100  # past the block size of every writer that cuts into blocks, except bzip2's and lz4's largest
records = []


def record(name, writer, codec, inflate, plain=PLAIN):
    data = open(name, "rb").read()
    size, digest = "-", "-"
    if inflate:
        got = inflate(data)
        assert got == plain, name
        size, digest = len(got), hashlib.sha256(got).hexdigest()
    records.append((name, writer, codec, len(data), size, digest))


def save(name, data):
    open(name, "wb").write(data)


def run(*command, data=PLAIN):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def reader(*command):
    return lambda data: run(*command, data=data)


def thirds(data):
    cut = len(data) // 3
    return data[:cut], data[cut:2 * cut], data[2 * cut:]


def fixtures():
    import lz4.frame, pgzip, snappy, zstandard

    save("plain.jsonl", SHORT); record("plain.jsonl", "python", "none", bytes, SHORT)

    save("one.gz", gzip.compress(PLAIN, mtime=0)); record("one.gz", "python gzip", "gzip", gzip.decompress)
    save("members.gz", b"".join(gzip.compress(p, mtime=0) for p in thirds(PLAIN)))
    record("members.gz", "python gzip, members joined", "gzip", gzip.decompress)
    with pgzip.open("blocks.gz", "wb", thread=2, blocksize=2000) as f:
        f.write(PLAIN)
    record("blocks.gz", "pgzip", "gzip", gzip.decompress)
    save("wide.gz", gzip.compress(WIDE, mtime=0)); record("wide.gz", "python gzip", "gzip", gzip.decompress, WIDE)
    save("bgzip.gz", run("bgzip", "-c")); record("bgzip.gz", "htslib bgzip", "bgzf", gzip.decompress)
    save("wide.bgz", run("bgzip", "-c", data=WIDE)); record("wide.bgz", "htslib bgzip", "bgzf", gzip.decompress, WIDE)

    save("one.zlib", zlib.compress(PLAIN)); record("one.zlib", "python zlib", "deflate", zlib.decompress)
    save("fast.zlib", zlib.compress(PLAIN, 1)); record("fast.zlib", "python zlib level 1", "deflate", zlib.decompress)

    save("one.bz2", bz2.compress(PLAIN)); record("one.bz2", "python bz2", "bzip2", bz2.decompress)
    save("streams.bz2", b"".join(bz2.compress(p, 1) for p in thirds(PLAIN)))
    record("streams.bz2", "python bz2, streams joined", "bzip2", bz2.decompress)
    save("wide.bz2", bz2.compress(WIDE, 1)); record("wide.bz2", "python bz2 level 1", "bzip2", bz2.decompress, WIDE)

    unzstd = reader("zstd", "-dc", "--long=31")
    save("one.zst", zstandard.ZstdCompressor(write_content_size=True).compress(PLAIN)); record("one.zst", "python zstandard", "zstd", unzstd)
    save("stream.zst", run("zstd", "-c")); record("stream.zst", "zstd from a pipe", "zstd", unzstd)
    save("frames.zst", b"".join(zstandard.compress(p) for p in thirds(PLAIN)))
    record("frames.zst", "python zstandard, frames joined", "zstd", unzstd)
    save("pzstd.zst", run("pzstd", "-q", "-c", "-p", "2")); record("pzstd.zst", "pzstd", "zstd", unzstd)
    save("long.zst", run("zstd", "-c", "--ultra", "--long=31")); record("long.zst", "zstd --long=31", "zstd", unzstd)
    save("wide.zst", run("zstd", "-c", data=WIDE)); record("wide.zst", "zstd from a pipe", "zstd", unzstd, WIDE)

    unlz4 = reader("lz4", "-dc")
    save("one.lz4", run("lz4", "-c")); record("one.lz4", "lz4", "lz4", unlz4)
    save("linked.lz4", run("lz4", "-c", "-B4", "-BD", "-BX", data=WIDE)); record("linked.lz4", "lz4 -B4 -BD -BX", "lz4", unlz4, WIDE)
    save("size.lz4", lz4.frame.compress(PLAIN, store_size=True)); record("size.lz4", "python lz4.frame", "lz4", unlz4)
    save("frames.lz4", b"".join(lz4.frame.compress(p) for p in thirds(PLAIN)))
    record("frames.lz4", "python lz4.frame, frames joined", "lz4", unlz4)
    save("legacy.lz4", run("lz4", "-c", "-l")); record("legacy.lz4", "lz4 -l", "lz4", unlz4)

    compressor = snappy.StreamCompressor()
    save("one.sz", compressor.add_chunk(PLAIN)); record("one.sz", "python-snappy", "snappy", snappy.StreamDecompressor().decompress)
    compressor = snappy.StreamCompressor()
    save("wide.sz", compressor.add_chunk(WIDE)); record("wide.sz", "python-snappy", "snappy", snappy.StreamDecompressor().decompress, WIDE)
    save("python.snappy", snappy.HadoopStreamCompressor().add_chunk(PLAIN))
    record("python.snappy", "python-snappy HadoopStreamCompressor", "hadoop_snappy", snappy.HadoopStreamDecompressor().decompress)

    save("one.xz", lzma.compress(PLAIN)); record("one.xz", "python lzma", "xz", lzma.decompress)
    save("streams.xz", b"".join(lzma.compress(p) for p in thirds(PLAIN))); record("streams.xz", "python lzma, streams joined", "xz", lzma.decompress)
    save("blocks.xz", run("xz", "-c", "--block-size=2000")); record("blocks.xz", "xz --block-size", "xz", lzma.decompress)
    save("one.lzma", lzma.compress(PLAIN, format=lzma.FORMAT_ALONE)); record("one.lzma", "python lzma alone", "lzma", lzma.decompress)

    for name, method in ("one.zip", zipfile.ZIP_DEFLATED), ("stored.zip", zipfile.ZIP_STORED):
        with zipfile.ZipFile(name, "w", method) as z:
            z.writestr(zipfile.ZipInfo("folder/"), b"")
            entry = zipfile.ZipInfo("folder/rows.jsonl")
            entry.compress_type = method
            z.writestr(entry, PLAIN if method else SHORT)
        record(name, "python zipfile", "zip", lambda data, name=name: zipfile.ZipFile(name).read("folder/rows.jsonl"), PLAIN if method else SHORT)

    save("one.lzo", run("lzop", "-c")); record("one.lzo", "lzop", "lzo", None)
    save("one.br", run("brotli", "-c")); record("one.br", "brotli", "none", None)
    spark_writes()
    with open("expected.tsv", "w") as f:
        for row in sorted(records):
            f.write("\t".join(map(str, row)) + "\n")


def session():
    from pyspark.sql import SparkSession
    return (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
            .config("spark.sql.files.maxPartitionBytes", "1000").getOrCreate())


def spark_writes():
    """Hadoop's own codecs, as Spark's text writer uses them: each must be read back by Spark to the bytes that went in."""
    import glob, shutil, tempfile
    spark = session()
    lines = spark.createDataFrame([(line,) for line in PLAIN.decode().splitlines()], "value string").coalesce(1)
    wide = spark.createDataFrame([(line,) for line in WIDE.decode().splitlines()], "value string").coalesce(1)
    for name, codec, frame, plain, ours in (
            ("spark.gz", "gzip", lines, PLAIN, "gzip"), ("spark.bz2", "bzip2", lines, PLAIN, "bzip2"),
            ("spark.deflate", "deflate", lines, PLAIN, "deflate"), ("spark.lz4", "lz4", lines, PLAIN, "hadoop_lz4"),
            ("spark.snappy", "snappy", lines, PLAIN, "hadoop_snappy"), ("wide.lz4", "lz4", wide, WIDE, "hadoop_lz4"),
            ("wide.snappy", "snappy", wide, WIDE, "hadoop_snappy")):
        folder = tempfile.mkdtemp() + "/out"
        frame.write.option("compression", codec).text(folder)
        (part,) = glob.glob(folder + "/part-*")
        shutil.copy(part, name)
        read = lambda data, part=part: "".join(r.value + "\n" for r in spark.read.text(part).collect()).encode()
        record(name, "Spark 3.5.9 text writer", ours, read, plain)
    spark.stop()


def spark_reads():
    """One row per codec and name: the tasks that Spark cuts at 1000 bytes and the outcome: reads, garbage, nothing
    (no rows, and no error) or fails."""
    import shutil, tempfile
    import pyspark
    want = {row.split("\t")[0]: row.rstrip("\n").split("\t") for row in open("expected.tsv")}
    files = ("plain.jsonl wide.gz wide.bgz one.zlib wide.bz2 one.zst one.lz4 spark.lz4 one.sz spark.snappy one.xz one.lzma "
             "one.zip one.lzo").split()
    suffixes = "", ".gz", ".bz2", ".deflate", ".lz4", ".snappy", ".zst", ".GZ", ".tgz", ".bgz", ".xz", ".zip", ".gz.csv"
    folder = tempfile.mkdtemp()
    out, spark = [], session()
    for name in files:
        for suffix in suffixes:
            path = folder + "/rows.jsonl" + suffix
            shutil.copy(name, path)
            frame = spark.read.text(path)
            tasks = frame.rdd.getNumPartitions()
            try:
                data = "".join(r.value + "\n" for r in frame.collect()).encode()
                outcome = "reads" if hashlib.sha256(data).hexdigest() == want[name][5] else "garbage" if data else "nothing"
            except Exception as error:
                try:
                    outcome = "no native library" if "native zStandard library" in str(error) else "fails"
                    spark.range(1).collect()
                except Exception:  # a length that was no length: OutOfMemoryError, and the JVM is gone
                    outcome = "fails"
                    pyspark.SparkContext._active_spark_context = pyspark.SparkContext._gateway = pyspark.SparkContext._jvm = None
                    pyspark.sql.SparkSession._instantiatedSession = None
                    spark = session()
            out.append((name, want[name][2], "rows.jsonl" + suffix, str(tasks), outcome))
            os.remove(path)
    spark.stop()
    with open("spark.tsv", "w") as f:
        for row in out:
            f.write("\t".join(row) + "\n")


if __name__ == "__main__":
    spark_reads() if sys.argv[1:] == ["read"] else fixtures()

"""Parquet, ORC and Avro by the Java writers that Spark carries: parquet-mr, ORC Java and Avro Java. They are read back by
the reference readers of the other makers. Needs Java, and pyspark==3.5.9 beside requirements.txt.

    venv/bin/python make.py spark
"""

import pathlib
import shutil
import tempfile

from pyspark.sql import SparkSession, functions as F

import make_avro
import make_orc
import make_parquet
from reference import save


def frame(spark, rows=200):
    return spark.range(0, rows, 1, 1).select(
        "id", F.format_string("name %d", F.col("id") % 50).alias("name"),
        F.array(F.struct(F.col("id").cast("int").alias("a"), F.lit(1.5).alias("b"))).alias("items"),
        F.map_from_arrays(F.array(F.lit("k")), F.array(F.lit(1))).alias("attributes"),
        F.lit("2026-01-02 03:04:05").cast("timestamp").alias("at"), F.lit("1.50").cast("decimal(9,2)").alias("price"),
        F.lit("2026-01-02").cast("date").alias("day"))


def write(data, kind, target, **options):
    """Spark writes a directory: its one part becomes the fixture."""
    with tempfile.TemporaryDirectory() as scratch:
        data.write.format(kind).options(**options).mode("overwrite").save(scratch)
        part, = pathlib.Path(scratch).glob("part-*")
        shutil.copy(part, target)


def avro(spark):
    """Spark's own Avro is a package of its own; the library that it uses is not."""
    jvm = spark.sparkContext._jvm
    schema = jvm.org.apache.avro.Schema.Parser().parse(
        '{"type":"record","name":"row","namespace":"org.example","doc":"é","fields":[{"name":"id","type":"long"},'
        '{"name":"name","type":["null","string"],"default":null},'
        '{"name":"suit","type":{"type":"enum","name":"Suit","symbols":["SPADES"]}},'
        '{"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}}]}')
    codecs = jvm.org.apache.avro.file.CodecFactory
    for name in ["null", "deflate", "snappy", "bzip2", "xz", "zstandard"]:
        path = make_avro.DIR / f"java_{name}.avro"
        writer = jvm.org.apache.avro.file.DataFileWriter(jvm.org.apache.avro.generic.GenericDatumWriter(schema))
        writer.setCodec(codecs.fromString(name))
        writer.setSyncInterval(4000)
        writer.create(schema, jvm.java.io.File(str(path)))
        for i in range(200):
            record = jvm.org.apache.avro.generic.GenericData.Record(schema)
            record.put("id", jvm.java.lang.Long(i))
            record.put("name", f"name {i % 50}")
            record.put("suit", jvm.org.apache.avro.generic.GenericData.EnumSymbol(schema.getField("suit").schema(), "SPADES"))
            record.put("at", jvm.java.lang.Long(i))
            writer.append(record)
        writer.close()
        save(path, make_avro.finding(path))


def main():
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", False).config(
        "spark.sql.session.timeZone", "UTC").getOrCreate()
    data = frame(spark)
    for codec in ["none", "snappy", "gzip", "zstd", "lz4_raw"]:
        path = make_parquet.DIR / f"spark_{codec}.parquet"
        write(data, "parquet", path, compression=codec)
        save(path, make_parquet.finding(path))
    path = make_parquet.DIR / "spark_bloom.parquet"
    write(data, "parquet", path, **{"parquet.bloom.filter.enabled#name": "true", "parquet.enable.dictionary#name": "false",
                                    "parquet.bloom.filter.expected.ndv#name": "50"})
    save(path, make_parquet.finding(path))
    path = make_parquet.DIR / "spark_int96.parquet"
    spark.conf.set("spark.sql.parquet.outputTimestampType", "INT96")
    spark.conf.set("spark.sql.parquet.writeLegacyFormat", True)
    write(data, "parquet", path)
    save(path, make_parquet.finding(path))
    for codec in ["none", "snappy", "zlib", "zstd", "lz4"]:
        path = make_orc.DIR / f"spark_{codec}.orc"
        write(data, "orc", path, compression=codec)
        save(path, make_orc.finding(path))
    avro(spark)
    spark.stop()

"""Delta tables by delta-spark and Iceberg tables by iceberg-spark: what the Python writers do not write. Deletion vectors,
checkpoints in parts and of version 2, shallow clones; position deletes, Puffin vectors, branches, Hadoop names.

Needs Java, pyspark==3.5.9, and a directory with the jars delta-spark_2.12 3.3.2, delta-storage 3.3.2,
antlr4-runtime 4.9.3 and iceberg-spark-runtime-3.5_2.12 1.9.2:

    python make_spark.py JARS [NAME...]
"""

import glob
import pathlib
import sys
import tempfile
import urllib.parse

from pyspark.sql import SparkSession

from archive import save

scratch = pathlib.Path(tempfile.mkdtemp())
spark = (
    SparkSession.builder.master("local[2]").appName("fixtures")
    .config("spark.jars", ",".join(glob.glob(sys.argv[1] + "/*.jar")))
    .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2").config("spark.driver.memory", "1g")
    .config("spark.sql.session.timeZone", "UTC").config("spark.databricks.delta.snapshotPartitions", "2")
    .config("spark.sql.warehouse.dir", str(scratch / "spark"))
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension,org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.sql.catalog.ice", "org.apache.iceberg.spark.SparkCatalog").config("spark.sql.catalog.ice.type", "hadoop")
    .config("spark.sql.catalog.ice.warehouse", f"file://{scratch}/ice")
    .getOrCreate())
spark.sparkContext.setLogLevel("ERROR")
sql = spark.sql


def delta_expected(root):
    """Live files as delta-spark's snapshot lists them."""
    log = spark._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(spark._jsparkSession, str(root))
    snapshot = log.unsafeVolatileSnapshot()
    files = [f for f in snapshot.allFiles().collectAsList()]
    live, values, vectors = [], {}, set()
    columns = [c for c in snapshot.metadata().partitionColumns().mkString(",").split(",") if c]
    physical = {}
    for f in snapshot.metadata().schema().fields():
        key = "delta.columnMapping.physicalName"
        physical[f.name()] = f.metadata().getString(key) if f.metadata().contains(key) else f.name()
    for f in files:
        path = urllib.parse.unquote(f.path())
        live.append(path)
        values[path] = [f.partitionValues().get(physical[c]).get() for c in columns]
        if f.deletionVector() is not None and f.deletionVector().storageType() == "u":
            at = f.deletionVector().absolutePath(spark._jvm.org.apache.hadoop.fs.Path(str(root)))
            vectors.add(pathlib.Path(at.toUri().getPath()).relative_to(root).as_posix())
    removed = {urllib.parse.unquote(r.path()) for r in snapshot.tombstones().collectAsList()} - set(live)
    relative = [p for p in live if not p.startswith(("file:", "/"))]
    return {"version": snapshot.version(), "live": relative, "outside": [p for p in live if p not in relative],
            "live_bytes": sum(f.size() for f in files), "partition_columns": ",".join(columns),
            "partitions": {p: v for p, v in values.items()} if columns else {}, "deletes": list(vectors),
            "tombstoned": [p for p in removed if (root / p).is_file()]}


def wanted(name):
    return not sys.argv[2:] or name in sys.argv[2:]


def delta(name, *statements, **conf):
    if not wanted(name):
        return
    root = scratch / "delta" / name
    for k, v in conf.items():
        spark.conf.set(f"spark.databricks.delta.{k.replace('__', '.')}", v)
    for s in statements:
        s(root) if callable(s) else sql(s.format(t=f"delta.`{root}`", root=root))
    for k in conf:
        spark.conf.unset(f"spark.databricks.delta.{k.replace('__', '.')}")
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()
    save("delta", name, root, delta_expected(root))


def checkpoint(root):
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()
    log = spark._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(spark._jsparkSession, str(root))
    log.checkpoint()


def inserts(n, at=0):
    return [f"INSERT INTO {{t}} SELECT id, concat('v', id) AS v, CAST(id % 3 AS INT) AS p FROM range({at + 10 * i}, {at + 10 * i + 10}, 1, 1)" for i in range(n)]


CREATE = "CREATE TABLE {t} (id BIGINT, v STRING, p INT) USING delta"
VECTORS = " TBLPROPERTIES ('delta.enableDeletionVectors'='true')"

delta("spark_vectors", CREATE + VECTORS, *inserts(3), "DELETE FROM {t} WHERE id IN (3, 13)", "DELETE FROM {t} WHERE id = 4",
      "UPDATE {t} SET v = 'u' WHERE id = 25", *inserts(1, 100))
delta("spark_vectors_checkpoint", CREATE + " PARTITIONED BY (p)" + VECTORS, *inserts(3), "DELETE FROM {t} WHERE id IN (3, 13, 22)", checkpoint,
      "DELETE FROM {t} WHERE id = 5")
delta("spark_multipart", CREATE + " PARTITIONED BY (p)", *inserts(4), "DELETE FROM {t} WHERE id % 7 = 0", checkpoint, *inserts(1, 100), checkpoint__partSize="5")
delta("spark_v2_parquet", CREATE + " PARTITIONED BY (p) TBLPROPERTIES ('delta.checkpointPolicy'='v2')", *inserts(4), "DELETE FROM {t} WHERE id < 12", checkpoint,
      *inserts(1, 100), checkpoint__partSize="4", checkpointV2__topLevelFileFormat="parquet")
delta("spark_v2_json", CREATE + " TBLPROPERTIES ('delta.checkpointPolicy'='v2', 'delta.enableDeletionVectors'='true')", *inserts(4), "DELETE FROM {t} WHERE id < 12",
      checkpoint, *inserts(1, 100), "DELETE FROM {t} WHERE id = 101", checkpointV2__topLevelFileFormat="json")
delta("spark_mapped", CREATE + " PARTITIONED BY (p) TBLPROPERTIES ('delta.columnMapping.mode'='name')", *inserts(2), "ALTER TABLE {t} RENAME COLUMN v TO w",
      "DELETE FROM {t} WHERE id = 3", checkpoint)
delta("spark_random_prefixes", CREATE + " PARTITIONED BY (p) TBLPROPERTIES ('delta.randomizeFilePrefixes'='true')", *inserts(2))
delta("spark_special", "CREATE TABLE {t} (id BIGINT, v STRING, pq STRING) USING delta PARTITIONED BY (pq)",
      "INSERT INTO {t} VALUES (1, 'a', 'x/y z'), (2, 'b', 'ä%2F+#'), (3, 'c', NULL), (4, 'd', ''), (5, 'e', 'a=b')",
      "DELETE FROM {t} WHERE id = 5")
delta("spark_replace_where", CREATE + " PARTITIONED BY (p)", *inserts(2),
      lambda root: spark.range(500, 520, 1, 1).selectExpr("id", "'r' AS v", "1 AS p").write.format("delta").mode("overwrite").option("replaceWhere", "p = 1").save(str(root)))
delta("spark_default", CREATE, *inserts(14), "OPTIMIZE {t}")
delta("spark_shallow_clone", "CREATE TABLE {t} SHALLOW CLONE delta.`" + str(scratch / "delta" / "spark_default") + "`", "DELETE FROM {t} WHERE id = 3")


def iceberg_expected(table, root, **more):
    files = sql(f"SELECT content, file_path, file_size_in_bytes AS n FROM {table}.files").collect()
    every = sql(f"SELECT file_path FROM {table}.all_files").collect()
    key = lambda uri: uri.removeprefix("file:").removeprefix("//").removeprefix(str(root) + "/")
    live = {key(f.file_path): f.n for f in files if f.content == 0}
    deletes = {key(f.file_path): f.n for f in files if f.content != 0}
    current = sql(f"SELECT snapshot_id FROM {table}.refs WHERE name = 'main'").collect()
    return {"location": f"file:{root}", "snapshot": str(current[0].snapshot_id) if current else "", "live": list(live), "deletes": list(deletes),
            "live_bytes": sum(live.values()), "history": list({key(f.file_path) for f in every} - set(live) - set(deletes)), **more}


def iceberg(name, *statements):
    if not wanted(name):
        return
    table, root = f"ice.db.{name}", scratch / "ice" / "db" / name
    for s in statements:
        s(root) if callable(s) else sql(s.format(t=table, c="ice.system", n=f"db.{name}"))
    save("iceberg", name, root, iceberg_expected(table, root))


ICE = "CREATE TABLE {t} (id BIGINT, v STRING, at TIMESTAMP) USING iceberg"
MOR = "'write.delete.mode'='merge-on-read', 'write.update.mode'='merge-on-read', 'write.merge.mode'='merge-on-read'"


def ice_inserts(n, at=0):
    return [f"INSERT INTO {{t}} SELECT id, concat('v', id % 4), timestamp_seconds(1767225600 + 36000 * id) FROM range({at + 10 * i}, {at + 10 * i + 10}, 1, 1)" for i in range(n)]


iceberg("spark_v1", ICE + " TBLPROPERTIES ('format-version'='1')", *ice_inserts(3), "DELETE FROM {t} WHERE id = 4")
iceberg("spark_v2_position_deletes", ICE + f" TBLPROPERTIES ('format-version'='2', {MOR})", *ice_inserts(3), "DELETE FROM {t} WHERE id IN (3, 13)", "UPDATE {t} SET v = 'u' WHERE id = 25")
iceberg("spark_v3_vectors", ICE + f" TBLPROPERTIES ('format-version'='3', {MOR})", *ice_inserts(3), "DELETE FROM {t} WHERE id IN (3, 13, 23)", "DELETE FROM {t} WHERE id = 4")
iceberg("spark_transforms", ICE + " PARTITIONED BY (days(at), truncate(1, v), bucket(4, id))", *ice_inserts(2), "DELETE FROM {t} WHERE id = 4")
iceberg("spark_specs", ICE + " PARTITIONED BY (v)", *ice_inserts(1), "ALTER TABLE {t} ADD PARTITION FIELD months(at)", *ice_inserts(1, 100),
        "ALTER TABLE {t} DROP PARTITION FIELD v", *ice_inserts(1, 200), "INSERT INTO {t} VALUES (900, NULL, NULL)")
iceberg("spark_gzip", ICE + " TBLPROPERTIES ('write.metadata.compression-codec'='gzip')", *ice_inserts(2))
iceberg("spark_branches", ICE, *ice_inserts(2), "ALTER TABLE {t} CREATE TAG kept", "DELETE FROM {t} WHERE id < 10", "ALTER TABLE {t} CREATE BRANCH side",
        "INSERT INTO ice.db.spark_branches.branch_side VALUES (7000, 'b', NULL)", *ice_inserts(1, 100))
iceberg("spark_expired", ICE, *ice_inserts(3), "DELETE FROM {t} WHERE id = 4", "CALL {c}.rewrite_data_files(table => '{n}', options => map('min-input-files', '2'))",
        "CALL {c}.expire_snapshots(table => '{n}', older_than => TIMESTAMP '2100-01-01 00:00:00', retain_last => 1)",
        lambda root: (root / "data" / "00000-left.parquet").write_bytes(b"PAR1" * 100), *ice_inserts(1, 100))
iceberg("spark_hashed", ICE + " PARTITIONED BY (v) TBLPROPERTIES ('write.object-storage.enabled'='true')", *ice_inserts(2), "DELETE FROM {t} WHERE id = 4")
iceberg("spark_empty", ICE)
spark.stop()

"""Records what Spark says about predicates over string columns, as oracle.tsv.

    pip install pyspark==3.5.3 && python oracle.py > oracle.tsv      (Java 8, 11 or 17; five minutes)

First come the rows: "row" and an object, whose nulls are __HIVE_DEFAULT_PARTITION__. Then, one a line, an expression as a
JSON string and a letter for each row: t, f or n for true, false or null, and x where Spark fails on the row; "refused"
where it refuses the expression. The expressions of HAND come first, then some made at random, the same each time.
"""
import json
import random
import sys

from pyspark.sql import SparkSession
from pyspark.sql.types import StringType, StructField, StructType

COLUMNS = ["year", "month", "day", "x"]
ROWS = [
    ("2026", "04", "18", "eu-west-1"), ("2026", "4", "1", "EU"), ("2025", "12", "31", "2026-04-18"), ("2024", "02", "29", " 7 "),
    ("2026", "02", "29", "1.5"), (None, "04", "18", None), ("2026", None, "1", "true"), ("1582", "10", "10", "-3"),
    ("0001", "01", "01", ""), ("abcd", "xx", "", "2026-04-18 10:30:00.25"), ("2026", "07", "05", "a%b_c\\d"), ("+2026", "11", "9", "1e3"),
    ("12026", "6", "30", "NaN"), ("99999999999", "3", "007", "\u00e9\u00e8\U0001f600"),
]
HAND = r"""
year = '2026'
year = 2026
year == 2026L
year = 2026.0
year = 2026e0
year <=> '2026'
year <=> null
x <=> null
not (x <=> null)
2026 = year
month >= '04'
month >= 4
month >= 4.5
month between '02' and '06'
month between 2 and 6
month not between 2 and 6
month in ('04', '4')
month in (4, 12)
month in ('04', 4)
month not in ('04', null)
month in (null)
month not in ('04')
x is null
x is not null
not x is null
month is null and year = '2026'
! year = '2026'
not year = '2026' and month = '04'
not (year = '2026' and month = '04')
year = '2026' or month = '04' and day = '18'
(year = '2026' or month = '04') and day = '18'
year = '2026' = true
true = year = '2026'
year = month = true
year = '2026' is null
year = '2026' is not null
null
null and true
null or true
not null
true
false
null = null
null <=> null
x = true
x = false
x < true
true = 1
false = 0
true <> 0
true < 2
(year = '2026') = 1
(year = '2026') in (true, null)
(year = '2026') in ('true')
(year = '2026') in (1)
concat((year = '2026'), '') = 'true'
x = date '2026-04-18'
x >= date '2026-04-18'
x < date '2026-04-18'
x = timestamp '2026-04-18 10:30:00.25'
x >= timestamp '2026-04-18 10:30:00'
x = timestamp '2026-04-18'
x in (date '2026-04-18')
x in (timestamp '2026-04-18 00:00:00')
x in (date '2026-04-18', timestamp '2026-04-18 00:00:00')
date '2026-04-18' = timestamp '2026-04-18 00:00:00'
date '2026-04-18' = 5
date '2026-04-18' in (5)
date '2026-04-18' = true
date '2026-4-1' = to_date('2026-04-01')
date '2026' = to_date('2026-01-01')
to_date(concat(year, '-', month, '-', day)) is null
to_date(concat(year, '-', month, '-', day)) >= date '2026-01-01'
to_date(concat(year, '-', month, '-', day)) >= '2026-01-01'
to_date(concat(year, '-', month, '-', day)) between '2026-02-01' and '2026-04-30'
to_date(concat(year, '-', month, '-', day)) in ('2026-04-18', '2026-04-01')
to_date(concat(year, '-', month, '-', day)) in (date '2026-04-18')
cast(concat(year, '-', month, '-', day) as date) = date '2026-04-01'
cast(to_date(concat(year, '-', month, '-', day)) as string) like '2026-04%'
to_date(concat(year, month, day), 'yyyyMMdd') >= date '2024-01-01'
to_date(concat(year, month, day), 'yyyyMMdd') = date '2026-04-18'
to_date(concat(year, '-', month, '-', day), 'yyyy-M-d') is null
to_date(concat(year, '-', month, '-', day), 'y-M-d') is null
to_date(concat(year, '/', month, '/', day), 'yyyy/MM/dd') = date '2026-04-18'
to_date(concat(day, '.', month, '.', year), 'd.M.yyyy') = date '2026-04-01'
to_date('26-4-1', 'yy-M-d') = date '2026-04-01'
to_date('18 Apr 2026', 'dd MMM yyyy') = date '2026-04-18'
to_date('18 APRIL 2026', 'dd MMMM yyyy') = date '2026-04-18'
to_date('18 Apr 2026', 'dd MMMM yyyy') is null
to_date('2026-04-18T10', "yyyy-MM-dd'T'HH") = date '2026-04-18'
to_date('2026-04-18 25', "yyyy-MM-dd HH") is null
to_date('2026-04-31', 'yyyy-MM-dd') is null
to_date('2026-04', 'yyyy-MM') = date '2026-04-01'
to_date('2026', 'yyyy') = date '2026-01-01'
to_date('202641', 'yyyyMd') is null
to_date('2026418', 'yMdd') = date '2026-04-18'
to_date('20260418', 'yyyyMMdd ') is null
to_date(x) is null
to_date(20260418) is null
to_date(timestamp '2026-04-18 23:59:59') = date '2026-04-18'
to_date(date '2026-04-18', 'yyyy') = date '2026-04-18'
date_format(to_date(concat(year, '-', month, '-', day)), 'E') in ('Sat', 'Sun')
date_format(to_date(concat(year, '-', month, '-', day)), 'EEE') in ('Sat', 'Sun')
date_format(to_date(concat(year, '-', month, '-', day)), 'EEEE') = 'Saturday'
date_format(concat(year, '-', month, '-', day), 'EE') = 'Sat'
date_format(concat(year, '-', month, '-', day), 'yyyy-MM-dd') = '2026-04-01'
date_format(concat(year, '-', month, '-', day), 'yy') = '26'
date_format(concat(year, '-', month, '-', day), 'y') = '2026'
date_format(concat(year, '-', month, '-', day), 'y') = '1'
date_format(concat(year, '-', month, '-', day), 'yyyy') = '0001'
date_format(concat(year, '-', month, '-', day), 'yyyy') = '+12026'
date_format(concat(year, '-', month, '-', day), 'M') = '4'
date_format(concat(year, '-', month, '-', day), 'MMM') = 'Apr'
date_format(concat(year, '-', month, '-', day), 'MMMM') = 'April'
date_format(concat(year, '-', month, '-', day), 'd') = '1'
date_format(concat(year, '-', month, '-', day), "d 'o''clock' ''") = "1 o'clock '"
date_format(x, 'HH:mm:ss') = '10:30:00'
date_format(x, 'H') = '10'
date_format(x, "yyyy-MM-dd'T'HH") = '2026-04-18T10'
date_format('-0001-01-01', 'yyyy') = '0002'
date_format('0000-01-01', 'yyyy') = '0001'
date_format(2026, 'yyyy') = '2026'
year(concat(year, '-', month, '-', day)) = 2026
year(concat(year, '-', month, '-', day)) = '2026'
month(concat(year, '-', month, '-', day)) = month
day(concat(year, '-', month, '-', day)) = 18
dayofmonth(concat(year, '-', month, '-', day)) = day
dayofweek(concat(year, '-', month, '-', day)) in (1, 7)
year(x) = 2026
year(2026) = 2026
date_add(concat(year, '-', month, '-', day), 1) = '2026-04-19'
date_add(to_date(x), '1') = '2026-04-19'
date_add(to_date(x), 1.5) = '2026-04-19'
date_add(to_date(x), 1L) = '2026-04-19'
date_add(to_date(x), day) = '2026-04-19'
date_add(to_date(x), null) is null
date_add(to_date(x), cast(day as int)) > '2026-04-19'
date_sub(date '2026-01-01', 1) = date '2025-12-31'
date_add(x, -1) = date '2026-04-17'
lower(x) = 'eu'
upper(x) = 'EU-WEST-1'
upper(x) = 'ÉÈ😀'
upper('straße') = 'STRASSE'
lower('İ') = 'i̇'
lower(5) = '5'
lower(null) is null
length(x) = 3
length(x) > 4
length(2026) = 4
trim(x) = '7'
trim('	7') = '7'
substr(x, 1, 2) = 'eu'
substr(x, 0, 2) = 'eu'
substr(x, -2) = '-1'
substr(x, -2, 1) = '-'
substr(x, -20, 13) = 'eu'
substr(x, 2) = 'U'
substr(x, 1, 0) = ''
substr(x, 1, -1) = ''
substring(x, 3, 1) = '😀'
substring(x, '1', '2') = 'eu'
substring(x, 1.9) = x
substr(2026, 1, 2) = '20'
substr(year, 1, 4) = 2026
concat() = ''
concat(year) = '2026'
concat(year, 1, true, null) is null
concat(year, month) = 202604
concat(year, month) >= '202604'
year || month = '202604'
year || '-' || month > '2025'
year || month like '20260%'
concat(1.50, '') = '1.50'
concat(1e7, '') = '1.0E7'
concat(1e-3, '|', 1e-4, '|', 123456.75, '|', 100D) = '0.001|1.0E-4|123456.75|100.0'
concat(0.0000001, '') = '1E-7'
concat(0.00000012, '') = '1.2E-7'
concat(-5, '') = '-5'
concat(date '2026-04-18', '') = '2026-04-18'
concat(timestamp '2026-04-18 10:00:00.120', '') = '2026-04-18 10:00:00.12'
concat(date '-0044-03-15', '') = '-0044-03-15'
concat(date '+12026-03-15', '') = '+12026-03-15'
x like 'eu%'
x like 'EU'
x like '%-_'
x not like 'eu%'
x like '%'
x like ''
x like '_'
x like '___'
x like 'a\\%b\\_c\\\\d'
x like 'a\%b\_c%'
x like 'a!%b!_c%' escape '!'
x like 'a/%b%' escape '/'
x like 'a!bc' escape '!'
x like 'abc\\'
x like 'a%%%b%'
x like '%_%_%'
year like 2026
cast(year as int) like '20%'
x rlike '^eu'
x like any ('a%', 'e%')
cast(x as int) = 7
cast(x as int) = 1
cast(x as int) is null
cast(x as bigint) = -3
cast(x as double) = 1.5
cast(x as double) = 1000
cast(x as double) > 5
cast(x as double) = double('NaN')
cast(x as decimal) = 2
cast(x as decimal(10,1)) = 1.5
cast(x as decimal(2,1)) is null
cast(x as decimal(10,2)) > 999
cast(x as boolean)
cast(x as boolean) = true
cast(x as date) = date '2026-04-18'
cast(x as timestamp) > timestamp '2026-04-18 10:00:00'
cast(x as string) = x
cast('1d' as double) is null
cast(' 1 ' as double) = 1
cast('inf' as double) > 5
cast('-Infinity' as double) < 5
cast('0x1p3' as double) is null
cast('.' as int) = 0
cast('-' as int) is null
cast('-.' as int) is null
cast('+.5' as int) = 0
cast('--1' as int) is null
cast('1.x' as int) is null
cast('1e3' as int) is null
cast('2147483648' as int) is null
cast(2147483648 as int) = -2147483648
cast('9223372036854775808' as bigint) is null
cast(1e20 as int) = 2147483647
cast(1e20 as bigint) = 9223372036854775807
cast(-1.7 as int) = -1
cast(12345678901234567890 as int) is null
cast(1.5 as string) = '1.5'
cast(2.5 as decimal(2,0)) = 3
cast(-2.5 as decimal(2,0)) = -3
cast(1e-5 as decimal(5,3)) = 0
cast('1e-5' as decimal(5,5)) = 0.00001
cast('123.456' as decimal) = 123
cast(true as int) = 1
cast(true as string) = 'true'
cast(true as decimal(3,1)) = 1
cast(0 as boolean)
cast(0.5 as boolean)
cast('NaN' as double) = cast('nan' as double)
cast('NaN' as double) > cast('inf' as double)
-0.0 = 0.0
cast('-0.0' as double) = 0
cast(year as int) + 1 = 2027
year + 1 = 2027
year + month > 2029
year - 1 = 2025
-year = -2026
+year = 2026
- -5 = 5
-(5) = -5
year = +2026
1 + 2 - 3 = 0
2147483647 + 1 = -2147483648
2147483647 + 1L = 2147483648
9223372036854775807 + 1 < 0
9223372036854775808 > 9223372036854775807
-9223372036854775808 < 0
-2147483648 = cast('-2147483648' as int)
1.5 + 1 = 2.5
1.25 - 0.5 = 0.75
1.5 + 1e0 = 2.5
1.5 + null is null
x + 1 = 8
x + 1.5 = 8.5
true + 1 = 2
date '2026-04-18' + 1 = date '2026-04-19'
0.1 + 0.2 = 0.3
1e-1 + 2e-1 = 3e-1
0.1D + 0.2D = 0.3D
.5 = 0.5
5. = 5
1e3 = 1000
1.5BD = 1.5
10S = 10
1F = 1
'a' 'b' = 'ab'
"year" = 'year'
`year` = '2026'
YEAR = '2026'
t.year = '2026'
t.`year` = '2026'
`t`.`Year` = '2026'
'\u0041\x\'\"\n\t\\\065' = 'Ax\'"
	\\5'
'\101' = 'A'
'\%' = '%'
'\\%' = '\%'
'it\'s' = "it's"
'\0' = '\000'
'\Z' = '\032'
'\U0001F600' = '😀'
'\uD83D\uDE00' = '😀'
r'a\b' = 'a\\b'
year && true
year = '2026' && month = '04'
year = '2026' || month = '04'
x and true
year
not x
not 'true'
5
year = '2026' and null
month + '1' = 5
month in (4.0, 12.0)
month in (true)
cast(month as int) in (4, 12)
cast(month as int) in ('04', '4')
cast(month as int) in (4.0)
cast(month as double) in (4, 12)
cast(month as int) between '04' and '12'
year < '3'
year < 3000
x < 'f'
x > ''
'é' > 'z'
'😀' > '￿'
x >= 'é'
null in (1, 2)
1 in (1, null)
2 in (1, null)
2 not in (1, null)
x between null and 'z'
x between 'a' and null
x not between null and 'A'
1 between 2 and null
year in (select 1)
exists (select 1)
case when year = '2026' then true else false end
if(year = '2026', true, false)
coalesce(x, 'a') = 'a'
year % 4 = 0
year * 2 = 4052
year / 2 = 1013
year is true
(year = '2026') is true
x is distinct from 'a'
x ilike 'EU%'
split(x, '-')[0] = 'eu'
year = 2026 -- comment
year = /* 1 */ 2026
year in ()
year in '2026'
(year, month) = ('2026', '04')
(year, month) in (('2026', '04'))
year between '2025' and '2027' and month = '04'
year not in ('2025') and not month in ('04', '4')
year = '2026' and (month = '04' and day >= '15' or month = '05' and day < '15')
x = 7
x = 7L
x = 7.0
x = 1
x = 1.5
x > 1
x > 1.2
x = -3
x < 0
cast('2026-04-18 ' as date) = date '2026-04-18'
cast('2026-04-18 garbage' as date) = date '2026-04-18'
cast('2026-04-18Tgarbage' as date) = date '2026-04-18'
cast('2026-04-18x' as date) is null
cast('2026-04 x' as date) is null
cast('2026-04T' as date) is null
cast('2026-4-1-' as date) is null
cast('2026-' as date) is null
cast('226-01-01' as date) is null
cast('002026-01-01' as date) = date '2026-01-01'
cast('2026-001-01' as date) is null
cast('+2026-01-01' as date) = date '2026-01-01'
cast('-2026-01-01' as date) < date '0001-01-01'
cast('-' as date) is null
cast('5881581-01-01' as date) is null
cast('2026-04-18 ' as timestamp) = timestamp '2026-04-18'
cast('2026-04-18T10' as timestamp) = timestamp '2026-04-18 10:00:00'
cast('2026-04-18 1:2:3' as timestamp) = timestamp '2026-04-18 01:02:03'
cast('2026-04-18 10:30' as timestamp) = timestamp '2026-04-18 10:30:00'
cast('2026-04-18 10:' as timestamp) is null
cast('2026-04-18T' as timestamp) is null
cast('2026-04-18 10Z' as timestamp) is null
cast('2026-04-18 10:30Z' as timestamp) is null
cast('2026-04-18 10:30:00Z' as timestamp) = timestamp '2026-04-18 10:30:00'
cast('2026-04-18 10:30:00.' as timestamp) = timestamp '2026-04-18 10:30:00'
cast('2026-04-18 10:30:00.1234567' as timestamp) = timestamp '2026-04-18 10:30:00.123456'
cast('2026-04-18 10:30:00+01:00' as timestamp) = timestamp '2026-04-18 09:30:00'
cast('2026-04-18 10:30:00 +1' as timestamp) = timestamp '2026-04-18 09:30:00'
cast('2026-04-18 10:30:00-1:30' as timestamp) = timestamp '2026-04-18 12:00:00'
cast('2026-04-18 10:30:00 UTC+01:00' as timestamp) = timestamp '2026-04-18 09:30:00'
cast('2026-04-18 10:30:00 UTC' as timestamp) = timestamp '2026-04-18 10:30:00'
cast('2026-04-18 10:30:00+19:00' as timestamp) is null
cast('2026-04-18 10:30:00+0130' as timestamp) is null
cast('2026-04-18 10:30:00 +01:30:15' as timestamp) is null
cast('2026-04-18 24:00:00' as timestamp) is null
cast('2026-04-18x' as timestamp) is null
cast('2026' as timestamp) = timestamp '2026-01-01'
cast('2026-4' as timestamp) = timestamp '2026-04-01'
cast('1002026-01-01' as timestamp) is null
cast(date '2026-04-18' as int) is null
cast(5 as date) is null
cast(5 as timestamp) is null
cast(timestamp '2026-04-18 10:00:00' as date) = date '2026-04-18'
cast(timestamp '1969-12-31 23:59:59' as date) = date '1969-12-31'
date '2026-02-30' = x
timestamp 'x' = x
date x = 5
year.x = 5
""".strip("\n").split("\n")


def joined(lines):
    """The one expression of HAND that holds a line break starts with '\\u0041."""
    out = []
    for line in lines:
        if line.startswith("\t"):
            out[-1] += "\n" + line
        else:
            out.append(line)
    return out


class Random:
    """Expressions by type, at random but the same each time."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def pick(self, *options):
        return self.r.choice(options)

    def boolean(self, depth):
        if depth <= 0:
            return self.pick("true", "null", "x is null", "month >= '04'", "year = 2026", "false")
        d = depth - 1
        kind = self.r.randrange(9)
        if kind == 0:
            return f"({self.boolean(d)} {self.pick('and', 'or')} {self.boolean(d)})"
        if kind == 1:
            return f"(not {self.boolean(d)})"
        if kind == 2:
            return f"({self.string(d)} {self.pick('like', 'not like')} {self.pick('%r', '%r')})" % self.pick("2026%", "%1%", "__", "%-%", "eu", "%0_")
        if kind == 3:
            return f"({self.any(d)} {self.pick('in', 'not in')} ({self.any(d)}, {self.any(d)}))"
        if kind == 4:
            return f"({self.any(d)} {self.pick('between', 'not between')} {self.any(d)} and {self.any(d)})"
        if kind == 5:
            return f"({self.any(d)} is {self.pick('', 'not ')}null)"
        return f"({self.any(d)} {self.pick('=', '<>', '<', '<=', '>', '>=', '<=>')} {self.any(d)})"

    def any(self, depth):
        return self.pick(self.string, self.string, self.number, self.date, self.boolean)(depth)

    def string(self, depth):
        if depth <= 0:
            return self.pick("year", "month", "day", "x", "'2026'", "'04'", "'a'", "'2026-04-18'", "'1'", "null")
        d = depth - 1
        return self.pick(
            lambda: f"concat({self.any(d)}, {self.string(d)})", lambda: f"({self.string(d)} || {self.any(d)})",
            lambda: f"lower({self.any(d)})", lambda: f"upper({self.string(d)})", lambda: f"trim({self.string(d)})",
            lambda: f"substr({self.string(d)}, {self.r.randint(-6, 6)}, {self.r.randint(-1, 6)})", lambda: f"substr({self.any(d)}, {self.number(d)})",
            lambda: f"date_format({self.date(d)}, '{self.pick('E', 'EEEE', 'yyyy', 'MM', 'd', 'MMM yy', 'yyyy-MM-dd HH:mm')}')",
            lambda: f"cast({self.any(d)} as string)", lambda: self.string(0), lambda: self.string(0),
        )()

    def number(self, depth):
        if depth <= 0:
            return self.pick("2026", "4", "0", "-1", "1.5", "2e3", "202604L", "18.00", "12345678901")
        d = depth - 1
        return self.pick(
            lambda: f"cast({self.string(d)} as {self.pick('int', 'bigint', 'double', 'decimal(10,2)', 'decimal')})",
            lambda: f"cast({self.number(d)} as {self.pick('int', 'bigint', 'double', 'decimal(12,1)')})",
            lambda: f"({self.number(d)} {self.pick('+', '-')} {self.pick(self.number, self.string)(d)})", lambda: f"length({self.string(d)})",
            lambda: f"{self.pick('year', 'month', 'day', 'dayofweek')}({self.date(d)})", lambda: f"(-{self.number(d)})", lambda: self.number(0),
        )()

    def date(self, depth):
        if depth <= 0:
            return self.pick("date '2026-04-18'", "to_date(concat(year, '-', month, '-', day))", "timestamp '2026-04-18 10:30:00'", "to_date(x)", "date '2025-12-31'")
        d = depth - 1
        return self.pick(
            lambda: f"to_date({self.string(d)})", lambda: f"cast({self.string(d)} as {self.pick('date', 'timestamp')})",
            lambda: f"date_add({self.date(d)}, {self.r.randint(-400, 400)})", lambda: f"date_sub({self.date(d)}, {self.r.randint(0, 9)})",
            lambda: self.date(0), lambda: self.date(0),
        )()


def verdicts(frame, expression):
    """Returns a letter for each row, or "refused"."""
    try:
        query = frame.where(f"({expression}) or true").selectExpr("id", f"({expression}\n) as verdict")
        if query.schema["verdict"].dataType.simpleString() not in ("boolean", "void"):
            raise ValueError("not a condition")
    except Exception:
        return "refused"
    try:
        found = {r["id"]: r["verdict"] for r in query.collect()}
    except Exception:
        found = {i: one(query, i) for i in range(len(ROWS))}
    return "".join({True: "t", False: "f", None: "n"}.get(found[i], "x") for i in range(len(ROWS)))


def one(query, i):
    try:
        return query.where(f"id = {i}").collect()[0]["verdict"]
    except Exception:
        return "fails"


def main():
    spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
             .config("spark.sql.shuffle.partitions", "1").config("spark.driver.host", "127.0.0.1").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    schema = StructType([StructField("id", StringType())] + [StructField(c, StringType()) for c in COLUMNS])
    frame = spark.createDataFrame([(str(i), *row) for i, row in enumerate(ROWS)], schema).selectExpr("cast(id as int) id", *COLUMNS).alias("t").cache()
    generator = Random(2026)
    expressions = joined(HAND) + [generator.boolean(generator.r.randint(1, 4)) for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 400)]
    for row in ROWS:
        print("row", json.dumps(dict(zip(COLUMNS, row))), sep="\t")
    for expression in dict.fromkeys(expressions):
        print(json.dumps(expression), verdicts(frame, expression), sep="\t", flush=True)


if __name__ == "__main__":
    main()

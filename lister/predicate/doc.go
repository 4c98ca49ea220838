// Package predicate judges rows of a partitioned table by a condition in Spark SQL, also while only some partition columns
// are known, so that a listing can jump over directories that hold no row of interest. The text that it reads means the
// same in Glue's push_down_predicate.
//
// It reads one condition, not a query, and refuses what it does not know: a predicate that is read at all means what Spark
// takes it for. It never looks at the clock, so it has no current_date.
//
// # Language
//
//	= == <> != < <= > >= <=>     and  or  not  !     + - ||
//	x [not] in (a, b)     x [not] between a and b     x [not] like 'a%' [escape '!']     x is [not] null
//	'text' "text" 12 12L 1.5 1e3 true false null date '2026-01-31' timestamp '2026-01-31 10:00:00'
//	column `column` table.column     cast(x as string|int|bigint|double|decimal(p,s)|date|timestamp|boolean)
//	concat  to_date  date_format  lower  upper  substr  substring  trim  length
//	year  month  day  dayofmonth  dayofweek  date_add  date_sub
//
// Names and keywords have no case. As in Spark, || joins text and && is not read, and not binds tighter than and.
//
// # Types
//
// A partition column is text, as it is in the Glue catalog, whatever its values look like. What meets in a comparison
// (also <=> and between) is converted first:
//
//	text and text         nothing: bytes are compared, so '10' < '9', and month = '04' leaves out month=4
//	text and an int       the text to int: year = 2026 holds for "2026" and "2026.9"; what is no number is null
//	text and a bigint     the text to bigint
//	text and a decimal    both to double
//	text and a double     the text to double
//	text and a date       the text to date: yyyy, yyyy-[m]m or yyyy-[m]m-[d]d, then anything after a space or T
//	text and a timestamp  the text to timestamp, in UTC
//	text and a boolean    the text to boolean: t true y yes 1, f false n no 0
//	date and timestamp    the date to timestamp
//	two numbers           to the wider of int, bigint, decimal, double
//	boolean and a number  = <> <=> only: true is 1
//
// In x in (...) all of x and the list get one type, and there text wins: month in (4) compares "04" with "4" and fails. +
// and - turn text to double. Functions turn their arguments to text, date, timestamp or int as they need them. Text that
// cannot be converted is null, and so is the result of nearly everything with null in it; a row is selected by true only.
//
// Source: Spark 3.5 TypeCoercion (PromoteStrings, InConversion, ImplicitTypeCasts), Cast, DateTimeUtils and SqlBaseParser.g4,
// with spark.sql.ansi.enabled false, its default before 4.0, and session time zone UTC. testdata holds what Spark itself
// answered.
//
// # Differences
//
// Where Spark fails on a row, by text that only Spark 2's date patterns read, the value is null here. A time without a date
// is null: Spark would take today's. So is a timestamp in a zone that is neither UTC nor an offset. upper and lower follow
// Unicode's simple mappings and the commonest of those that change the length, not those for Greek.
package predicate

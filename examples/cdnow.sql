-- CDNOW's purchases stand in columns of blanks, without an order number. This makes a CSV that cdnow.toml describes, a row
-- a purchase, numbered as they stand. Put CDNOW_master.txt into a folder, make a folder `exports` in it, go there and run
--
--     python -c "import duckdb; duckdb.execute(open('cdnow.sql').read())"

COPY (
    SELECT
        row_number() OVER () AS purchase,
        split_part(line, ' ', 1) AS customer_id,
        strptime(split_part(line, ' ', 2), '%Y%m%d')::DATE AS "date",
        split_part(line, ' ', 3) AS number_of_cds,
        split_part(line, ' ', 4) AS dollar_value,
        'paid' AS state
    FROM (
        SELECT regexp_replace(trim(column0), ' +', ' ', 'g') AS line
        FROM read_csv('CDNOW_master.txt', header = false, skip = 1, columns = {'column0': 'VARCHAR'}, delim = '\t',
                      auto_detect = false)
    )
) TO 'exports/purchases.csv' (HEADER);

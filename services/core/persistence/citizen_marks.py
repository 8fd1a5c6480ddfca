"""What is learned of citizens: parts of the statements that write dossiers, and the merge of two records.

The rules are those of `domain.citizen`: facts that give another name than the record count only if an
authority says them after (or against) what made the record; then what dossiers said of the other name is
forgotten. Otherwise an authority's value outranks a dossier's, and among equals the newer one counts.
"""

from typing import Final

_SAME_PERSON: Final = "(c.name_key IS NULL OR c.name_key = excluded.name_key)"

_OVERRULES: Final = """(excluded.facts #>> '{name,source}' <> 'dossier' AND (
    c.facts #>> '{name,source}' = 'dossier'
    OR (excluded.facts #>> '{name,as_of}')::timestamptz >= (c.facts #>> '{name,as_of}')::timestamptz))"""


def _weight(fact: str) -> str:
    return f"({fact} ->> 'source' <> 'dossier', ({fact} ->> 'as_of')::timestamptz)"


_MERGED: Final = f"""(
    SELECT jsonb_object_agg(key, CASE
        WHEN told.value IS NULL THEN known.value
        WHEN known.value IS NULL OR {_weight("told.value")} >= {_weight("known.value")} THEN told.value
        ELSE known.value END)
    FROM (SELECT * FROM jsonb_each(c.facts) WHERE {_SAME_PERSON} OR value ->> 'source' <> 'dossier') known
    FULL JOIN jsonb_each(excluded.facts) told USING (key))"""  # noqa: S608 - joins constants

#: What follows `INSERT INTO citizens AS c (identity_number, name_key, facts) SELECT ...`; wants one row each.
MERGE: Final = f"""
    ON CONFLICT (identity_number) DO UPDATE SET
        name_key = CASE WHEN {_SAME_PERSON} OR {_OVERRULES} THEN excluded.name_key ELSE c.name_key END,
        facts = CASE WHEN {_SAME_PERSON} OR {_OVERRULES} THEN {_MERGED} ELSE c.facts END,
        contradictions = c.contradictions + (NOT {_SAME_PERSON})::int
"""

#: Wants `numbered` (filings with `identity_number`, `name_key`, `facts`) and `stored` (the ids that went in).
#: Where a call files twice for one number, the last name decides which of its lines speak.
LEARNED: Final = f"""
    INSERT INTO citizens AS c (identity_number, name_key, facts)
    SELECT identity_number, name_key,
        jsonb_object_agg(said.key, said.value || jsonb_build_object('dossier', t.full_code) ORDER BY t.line)
    FROM (
        SELECT f.*, last_value(f.name_key) OVER (PARTITION BY f.identity_number ORDER BY f.line
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_name
        FROM numbered f JOIN stored USING (id) WHERE f.identity_number IS NOT NULL
    ) t, jsonb_each(t.facts) said
    WHERE t.name_key = t.last_name
    GROUP BY identity_number, name_key ORDER BY identity_number
    {MERGE}
"""  # noqa: S608 - joins constants

#: A citizen with very many dossiers is no citizen; nobody's papers are sought for longer than this.
_LATEST: Final = 50

#: Papers count wherever they were filed, and are reached by functions for that (migration 0022).
#: Gives what was known of the owners of `numbered` before this filing, and is asked of them nevertheless.
ASKED_AGAIN: Final = f"""
    SELECT f.id, v.known AS known_values, v.asked AS values_asked_again,
        p.known AS known_papers, p.asked AS papers_asked_again
    FROM numbered f
    JOIN LATERAL citizen_by_number(f.identity_number) c ON c.name_key = f.name_key
    CROSS JOIN LATERAL (
        SELECT count(*) AS known, count(*) FILTER (WHERE NOT f.prefilled ? key) AS asked
        FROM jsonb_object_keys(f.facts) key WHERE key <> 'name' AND c.facts ? key
    ) v
    CROSS JOIN LATERAL (
        SELECT count(*) AS known, count(*) FILTER (WHERE coalesce((handed ->> 'reuse')::int, 0) = 0
            AND NOT coalesce((handed ->> 'from_national_store')::boolean, false)) AS asked
        FROM jsonb_array_elements(f.components) handed
        WHERE handed ->> 'code' IN (
            SELECT kept ->> 'code'
            FROM dossiers_of_owner(f.identity_number, {_LATEST}) d,
                jsonb_array_elements(d.components || d.results) kept
            WHERE kept ? 'link' AND coalesce((kept ->> 'valid_until')::date, 'infinity') >= f.day
        )
    ) p
"""  # noqa: S608 - joins constants

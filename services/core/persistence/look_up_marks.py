"""What the reception writes about look-ups: parts of the statement that stores dossiers.

Both want `numbered` (the filings with their ids) and `stored` (the ids that were inserted), and the legal
basis as the parameter `legal_basis`.
"""

from typing import Final

#: A dossier without a person to ask about has no row.
WANTED: Final = """
    INSERT INTO look_ups (dossier_id, unit_id, procedure_code, day, officer, legal_basis, subject_key)
    SELECT f.id, f.unit_id, f.procedure_code, f.reception_day, f.receiving_officer, :legal_basis,
        sha256(convert_to(f.applicant ->> 'identity_number', 'UTF8'))
    FROM numbered f JOIN stored USING (id) WHERE f.needs_look_up
"""

#: Totals are locked in the order of their keys, as everywhere.
COUNTED: Final = """
    INSERT INTO look_up_days AS t (day, unit_id, procedure_code, received, needed)
    SELECT f.reception_day, f.unit_id, f.procedure_code, count(*), count(*) FILTER (WHERE f.needs_look_up)
    FROM numbered f JOIN stored USING (id)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (day, unit_id, procedure_code) DO UPDATE SET
        received = t.received + excluded.received, needed = t.needed + excluded.needed
"""

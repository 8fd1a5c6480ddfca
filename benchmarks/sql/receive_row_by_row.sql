-- One reception: the rows that the services write, one statement each, without anybody who thinks about them.
\set unit random(1, 20)
\set procedure random(1, 4)
\set person random(0, 999999)
BEGIN;
INSERT INTO dossier_numbers AS n (unit_id, day, last_number)
VALUES (:first_unit - 1 + :unit, current_date, 1)
ON CONFLICT (unit_id, day) DO UPDATE SET last_number = n.last_number + 1
RETURNING last_number AS number \gset
INSERT INTO dossiers (code, origin, unit_id, procedure_code, status, version, last_seq, last_occurred_at,
    channel, filing_mode, result_delivery, submitted_at, received_at, promised_at, due_at, summary, applicant,
    components, fees, results, client_id)
VALUES ('H44.' || 200 + :unit || to_char(current_date, '-YYMMDD-') || lpad(:number::text, 6, '0'), 'desk',
    :first_unit - 1 + :unit, (ARRAY['1.001193', '1.000894', '1.004873', '2.000815'])[:procedure], 2, 1, 1,
    now(), 1, 'assisted', 0, now(), now(), now() + INTERVAL '3 days', now() + INTERVAL '3 days',
    'Đề nghị cấp bản sao trích lục, hồ sơ ' || :person,
    jsonb_build_object('kind', 1, 'name', 'Nguyễn Văn An', 'phone', '0912345678', 'verified_by_vneid', false,
        'identity_number', '025090' || lpad(:person::text, 6, '0'),
        'address', 'Tổ 3, phường Việt Trì, tỉnh Phú Thọ'),
    '[{"name": "Tờ khai theo mẫu", "code": "TP.01", "digitised": true, "reuse": 0, "from_national_store": false},
      {"name": "Giấy tờ tùy thân", "code": "TP.02", "digitised": true, "reuse": 0, "from_national_store": false}]',
    '[{"name": "Lệ phí", "amount_vnd": 8000, "code": "LP.01", "stage": 1, "kind": 1}]', '[]', :client)
RETURNING id AS dossier \gset
INSERT INTO progress_entries (dossier_id, seq, status, occurred_at, officer, department, text)
VALUES (:dossier, 1, 2, now(), 'Trần Thị Bình', 'Bộ phận Một cửa', 'Tiếp nhận hồ sơ');
INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal, flagged_at,
    desk_flagged_at)
VALUES (:dossier, :first_unit - 1 + :unit, 'due', 1, 1, false, now() + INTERVAL '3 days',
    now() + INTERVAL '3 days');
INSERT INTO idempotency_keys (client_id, route, key, fingerprint, status, answer)
VALUES (:client, 'POST /v1/dossiers', gen_random_uuid(), sha256(:dossier::text::bytea), 201,
    jsonb_build_object('id', :dossier::text, 'version', 1, 'seq', 1, 'status', 2, 'due_at', now()));
INSERT INTO look_ups (dossier_id, unit_id, procedure_code, day, officer, legal_basis, subject_key)
VALUES (:dossier, :first_unit - 1 + :unit, (ARRAY['1.001193', '1.000894', '1.004873', '2.000815'])[:procedure],
    current_date, 'Trần Thị Bình', '118/2025/NĐ-CP', sha256(('025090' || lpad(:person::text, 6, '0'))::bytea));
INSERT INTO audit_log (client_id, actor, unit_path, action, objects, result)
VALUES (:client, 'bench', 'H44.' || 200 + :unit, 'dossier.create', ARRAY[:dossier::text], 'done');
INSERT INTO citizens AS c (identity_number, name_key, facts)
VALUES ('025090' || lpad(:person::text, 6, '0'), 'nguyenvanan', jsonb_build_object(
    'name', jsonb_build_object('value', 'Nguyễn Văn An', 'source', 'dossier', 'dossier', :dossier::text,
        'as_of', now())))
ON CONFLICT (identity_number) DO UPDATE SET name_key = excluded.name_key, facts = excluded.facts;
INSERT INTO look_up_days AS t (day, unit_id, procedure_code, received, needed)
VALUES (current_date, :first_unit - 1 + :unit,
    (ARRAY['1.001193', '1.000894', '1.004873', '2.000815'])[:procedure], 1, 1)
ON CONFLICT (day, unit_id, procedure_code) DO UPDATE SET received = t.received + 1, needed = t.needed + 1;
INSERT INTO tallies AS t (name, label, unit_id, value)
VALUES ('lookups_needed', '', :first_unit - 1 + :unit, 1)
ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + 1;
INSERT INTO tallies AS t (name, label, unit_id, value)
VALUES ('received', '', :first_unit - 1 + :unit, 1)
ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + 1;
COMMIT;

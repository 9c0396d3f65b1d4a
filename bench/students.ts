import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import { uuidv7 } from 'uuidv7';

/** A student as both sides get it: the service as a record, the bare statement as values of a row. */
export interface Student {
  readonly id: string;
  readonly phone: string;
  /** instead of one that follows from the id */
  readonly name?: string;
}

const emailOf = ({ id }: Student): string => `${id}@college.example`;

export const bodyOf = (students: readonly Student[]): string =>
  JSON.stringify({
    data: students.map((student) => ({
      id: student.id,
      Display_Name: student.name ?? `Student ${student.id}`,
      Academic_Email: emailOf(student),
      Phone_Number: student.phone,
      Status: 'Active',
      City: 'Amman',
    })),
  });

/** The limit: the rows in one statement, with what it takes to know them again, and nothing else. */
export async function upsert(db: Pool, tenant: string, students: readonly Student[]): Promise<void> {
  await db.query(UPSERT, [
    tenant,
    students.map(() => uuidv7()),
    students.map(({ id }) => id),
    students.map((student) => hash('sha256', JSON.stringify([student.id, student.phone]), 'hex')),
    students.map(({ id }) => `Student ${id}`),
    students.map(emailOf),
    students.map(({ phone }) => phone),
    students.map(() => 'Active'),
    students.map(() => 'Amman'),
  ]);
}

const UPSERT = `INSERT INTO bench.student AS stored
    (tenant_id, id, zoho_id, fingerprint, last_sync, display_name, academic_email, username, phone, status, city)
  SELECT $1, id, zoho_id, fingerprint, clock_timestamp(), name, email, email, phone, status, city
  FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
    AS given (id, zoho_id, fingerprint, name, email, phone, status, city)
  ON CONFLICT (tenant_id, zoho_id) DO UPDATE
    SET fingerprint = EXCLUDED.fingerprint, phone = EXCLUDED.phone, last_sync = EXCLUDED.last_sync,
        display_name = EXCLUDED.display_name, academic_email = EXCLUDED.academic_email, username = EXCLUDED.username,
        status = EXCLUDED.status, city = EXCLUDED.city
    WHERE stored.fingerprint <> EXCLUDED.fingerprint`;

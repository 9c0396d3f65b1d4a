import { DataSource } from 'typeorm';
import type { TenantDb } from '../src/database/tenant-db';
import { Client } from 'pg';
import { TenantTransaction } from '../src/database/tenant-transaction';
import { KeyRing } from '../src/secrets/key-ring';
import { SecretRepository } from '../src/secrets/secret.repository';
import { SecretRotation } from '../src/secrets/secret-rotation';
import { UnreadableSecret } from '../src/secrets/unreadable-secret';
import { newTenant, TestService } from './support/app';
import { ask, untilBlocked, workerDatabaseUrl } from './support/databases';
import { newSecretKey } from './support/secret-keys';

const [OLD, NEW] = [newSecretKey('old'), newSecretKey('new')];

let before: TestService;
let during: TestService;
let after: TestService;
beforeAll(async () => {
  before = await TestService.start({ SECRET_KEYS: OLD });
  during = await TestService.start({ SECRET_KEYS: `${NEW},${OLD}` });
  after = await TestService.start({ SECRET_KEYS: NEW });
});
afterAll(async () => {
  for (const service of [before, during, after]) await service.close();
});

const inTenant = <T>(
  { app }: TestService,
  tenant: string,
  work: (secrets: SecretRepository, db: TenantDb) => Promise<T>,
): Promise<T> => app.get(TenantTransaction).run(tenant, (db) => work(app.get(SecretRepository), db));
const put = (service: TestService, tenant: string, slot: number, plain: string): Promise<void> =>
  inTenant(service, tenant, (secrets, db) => secrets.put(db, tenant, 'webhook.secret', slot, plain));
const read = async (service: TestService, tenant: string): Promise<string[]> => {
  const found = await inTenant(service, tenant, (secrets, db) => secrets.readAll(db, tenant, 'webhook.secret'));
  return found.map(({ plain }) => plain);
};
const rotate = (tenant: string) => during.app.get(SecretRotation).rotate([tenant]);
const sealedOf = async (tenant: string): Promise<string[]> =>
  (
    await ask<{ sealed: string }>('SELECT sealed FROM tenant_secret WHERE tenant_id = $1 ORDER BY field, slot', [
      tenant,
    ])
  ).map(({ sealed }) => sealed);

describe('a secret', () => {
  it('is read as it was written, replaced by its slot, listed without its content, and removed', async () => {
    const tenant = newTenant();
    await put(after, tenant, 1, 'first');
    await put(after, tenant, 2, 'second');
    await put(after, tenant, 1, 'other');
    expect(await read(after, tenant)).toEqual(['other', 'second']);
    await inTenant(after, tenant, async (secrets, db) => {
      await secrets.put(db, tenant, 'moodle.token', 1, 'token');
      const listed = await secrets.list(db, tenant);
      expect(listed).toEqual([
        { field: 'moodle.token', slot: 1, createdAt: expect.any(Date) as Date },
        { field: 'webhook.secret', slot: 1, createdAt: expect.any(Date) as Date },
        { field: 'webhook.secret', slot: 2, createdAt: expect.any(Date) as Date },
      ]);
      expect(await secrets.remove(db, tenant, 'webhook.secret', 1)).toBe(true);
      expect(await secrets.remove(db, tenant, 'webhook.secret', 1)).toBe(false);
    });
    expect(await read(after, tenant)).toEqual(['second']);
  });

  it('stands nowhere in the table', async () => {
    const tenant = newTenant();
    await put(after, tenant, 1, 'canary-secret');
    const [line] = await ask<{ line: string }>(
      'SELECT secret::text AS line FROM tenant_secret AS secret WHERE tenant_id = $1',
      [tenant],
    );
    expect(line?.line).toContain('v1.new.');
    const decoded = Buffer.from((await sealedOf(tenant))[0]?.split('.')[2] ?? '', 'base64url').toString();
    for (const text of [line?.line, decoded]) expect(text).not.toContain('canary');
  });

  it('is its tenant’s alone', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    await put(after, tenant, 1, 'mine');
    await inTenant(after, other, async (secrets, db) => {
      expect(await secrets.readAll(db, tenant, 'webhook.secret')).toEqual([]);
      expect(await secrets.list(db, tenant)).toEqual([]);
      expect(await secrets.remove(db, tenant, 'webhook.secret', 1)).toBe(false);
    });
    const foreign = inTenant(after, other, (secrets, db) => secrets.put(db, tenant, 'webhook.secret', 2, 'foreign'));
    await expect(foreign).rejects.toThrow('row-level security');
    expect(await after.app.get(DataSource).query('SELECT * FROM tenant_secret')).toEqual([]);
    expect(await read(after, tenant)).toEqual(['mine']);
  });

  it('does not open when somebody copies it in the table to another tenant or field, or changes a character', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    await put(after, tenant, 1, 'mine');
    await ask(`INSERT INTO tenant_secret SELECT $2, field, slot, sealed FROM tenant_secret WHERE tenant_id = $1`, [
      tenant,
      other,
    ]);
    await expect(read(after, other)).rejects.toThrow(UnreadableSecret);
    await ask(`UPDATE tenant_secret SET field = 'moodle.token' WHERE tenant_id = $1`, [tenant]);
    const token = inTenant(after, tenant, (secrets, db) => secrets.readAll(db, tenant, 'moodle.token'));
    await expect(token).rejects.toThrow(UnreadableSecret);
    await put(after, tenant, 1, 'mine');
    await ask(
      `UPDATE tenant_secret SET sealed = overlay(sealed PLACING
         CASE substr(sealed, 20, 1) WHEN 'A' THEN 'B' ELSE 'A' END FROM 20) WHERE tenant_id = $1`,
      [tenant],
    );
    await expect(read(after, tenant)).rejects.toThrow(UnreadableSecret);
  });
});

describe('a rotation', () => {
  it('seals all anew by the first key, in many portions; then the old key can go', async () => {
    const tenant = newTenant();
    const plains = Array.from({ length: 1_203 }, (_, n) => `secret ${n}`);
    const old = before.app.get(KeyRing);
    await ask(
      `INSERT INTO tenant_secret (tenant_id, field, slot, sealed, created_at)
       SELECT $1, 'webhook.secret', slot, sealed, '2026-01-01Z' FROM unnest($2::text[]) WITH ORDINALITY AS given (sealed, slot)`,
      [tenant, plains.map((plain) => old.seal(tenant, 'webhook.secret', plain))],
    );
    await put(during, tenant, 2_000, 'sealed by the new key');
    const [current] = (await sealedOf(tenant)).slice(-1);
    await expect(read(after, tenant)).rejects.toThrow('SECRET_KEYS holds no key old');
    expect(await rotate(tenant)).toEqual({ rotated: 1_203, current: 1, unreadable: 0 });
    expect(await read(after, tenant)).toEqual([...plains, 'sealed by the new key']);
    expect((await sealedOf(tenant)).at(-1)).toBe(current);
    const [first] = await inTenant(after, tenant, (secrets, db) => secrets.list(db, tenant));
    expect(first?.createdAt.toISOString()).toBe('2026-01-01T00:00:00.000Z');
    expect(await rotate(tenant)).toEqual({ rotated: 0, current: 1_204, unreadable: 0 });
  });

  it('goes through the tenants that it is given, and no others', async () => {
    const [one, two, other] = [newTenant(), newTenant(), newTenant()];
    for (const tenant of [one, two, other]) await put(before, tenant, 1, tenant);
    const counts = await during.app.get(SecretRotation).rotate([one, newTenant(), two]);
    expect(counts).toEqual({ rotated: 2, current: 0, unreadable: 0 });
    expect([await read(after, one), await read(after, two)]).toEqual([[one], [two]]);
    expect(await read(before, other)).toEqual([other]);
  });

  it('counts what it cannot read, and leaves it as it is', async () => {
    const tenant = newTenant();
    for (const slot of [1, 2, 3]) await put(before, tenant, slot, `secret ${slot}`);
    await put(during, tenant, 4, 'secret 4');
    await ask(`UPDATE tenant_secret SET sealed = 'v1.lost.' || substr(sealed, 8) WHERE tenant_id = $1 AND slot = 2`, [
      tenant,
    ]);
    await ask(`UPDATE tenant_secret SET sealed = sealed || 'AAAA' WHERE tenant_id = $1 AND slot = 4`, [tenant]);
    const [, lost, , damaged] = await sealedOf(tenant);
    expect(await rotate(tenant)).toEqual({ rotated: 2, current: 0, unreadable: 2 });
    const [, lostAfter, , damagedAfter] = await sealedOf(tenant);
    expect([lostAfter, damagedAfter]).toEqual([lost, damaged]);
  });

  it('neither overwrites what is written meanwhile, nor brings back what is removed, and rotates it if it was sealed by the old key', async () => {
    const tenant = newTenant();
    for (const slot of [1, 2, 3, 4]) await put(before, tenant, slot, `secret ${slot}`);
    const seal = (service: TestService, plain: string) =>
      service.app.get(KeyRing).seal(tenant, 'webhook.secret', plain);
    const writer = new Client({ connectionString: workerDatabaseUrl('superuser') });
    await writer.connect();
    await writer.query('BEGIN');
    const write = (slot: number, sealed: string) =>
      writer.query('UPDATE tenant_secret SET sealed = $3 WHERE tenant_id = $1 AND slot = $2', [tenant, slot, sealed]);
    await write(1, seal(before, 'written by a process with the old key'));
    await write(2, seal(during, 'written by a process with the new key'));
    await writer.query('DELETE FROM tenant_secret WHERE tenant_id = $1 AND slot = 3', [tenant]);
    const rotation = rotate(tenant);
    await untilBlocked(1);
    await writer.query('COMMIT');
    await writer.end();
    expect(await rotation).toEqual({ rotated: 2, current: 1, unreadable: 0 });
    expect(await read(after, tenant)).toEqual([
      'written by a process with the old key',
      'written by a process with the new key',
      'secret 4',
    ]);
  });
});

import { parseArgs } from 'node:util';
import type { INestApplicationContext } from '@nestjs/common';
import { TenantDirectory } from '../tenants/tenant-directory';
import type { CheckName, Disagreement } from '../verify/disagreement';
import { Verification } from '../verify/verification';
import type { Command, CommandInput } from './command';
import { withQuietApp } from './quiet-app';

const USAGE = 'Usage: npm run verify -- [--tenant college] [--json]';

const OPTIONS = { tenant: { type: 'string' }, json: { type: 'boolean' } } as const;

/** What was looked at, by check, and what came of it. */
interface Tally {
  readonly tenants: number;
  readonly looked: Record<CheckName, number>;
  disagreements: number;
  undecided: number;
}

/** `verify`: whether what is stored agrees with itself, tenant by tenant. Exit code 1 if not. */
export const verify: Command = async (input) => {
  const wishes = readWishes(input.args);
  if (!wishes) {
    input.print(USAGE);
    return 1;
  }
  return withQuietApp(input, async (app) => {
    const tenants = await app.get(TenantDirectory).list();
    const { tenant, isJson } = wishes;
    if (tenant !== undefined && !tenants.includes(tenant)) {
      input.print(`There is no tenant ${tenant}`);
      return 1;
    }
    const tally = await verifyAll(app, input, tenant === undefined ? tenants : [tenant], isJson);
    input.print(isJson ? JSON.stringify({ summary: tally }) : summaryOf(tally));
    return tally.disagreements === 0 && !input.stopping.aborted ? 0 : 1;
  });
};

async function verifyAll(
  app: INestApplicationContext,
  { print, stopping }: CommandInput,
  tenants: readonly string[],
  isJson: boolean,
): Promise<Tally> {
  const tally: Tally = {
    tenants: tenants.length,
    looked: { fingerprint: 0, reference: 0, claim: 0, waiting: 0, push: 0 },
    disagreements: 0,
    undecided: 0,
  };
  for (const tenantId of tenants) {
    for await (const { check, count, found, undecided = 0 } of app.get(Verification).run(tenantId)) {
      if (stopping.aborted) return tally;
      tally.looked[check] += count;
      tally.undecided += undecided;
      tally.disagreements += found.length;
      for (const one of found) print(isJson ? jsonOf(tenantId, one) : lineOf(tenantId, one));
    }
  }
  return tally;
}

const lineOf = (tenant: string, { check, entity, zohoId, message }: Disagreement): string =>
  `${tenant} | ${check} | ${entity} ${zohoId} | ${message}`;

const jsonOf = (tenant: string, { check, entity, zohoId, message }: Disagreement): string =>
  JSON.stringify({ tenant_id: tenant, check, entity, zoho_id: zohoId, message });

function summaryOf({ tenants, looked, disagreements, undecided }: Tally): string {
  const { fingerprint, reference, claim, waiting, push } = looked;
  const what = `${fingerprint} rows, ${reference} references, ${claim} claims, ${waiting} that wait and ${push} pushes`;
  const open = undecided > 0 ? `; ${undecided} could not be judged, as changes wait to be planned` : '';
  const verdict =
    disagreements === 0 ? 'all agree' : `${disagreements} ${disagreements === 1 ? 'does' : 'do'} not agree`;
  return `Looked at ${what} of ${tenants} ${tenants === 1 ? 'tenant' : 'tenants'}: ${verdict}${open}.`;
}

function readWishes(args: readonly string[]): { tenant: string | undefined; isJson: boolean } | null {
  try {
    const { tenant, json = false } = parseArgs({ args: [...args], options: OPTIONS }).values;
    return { tenant, isJson: json };
  } catch {
    return null;
  }
}

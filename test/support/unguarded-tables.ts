import { EXEMPT_SCHEMAS, EXEMPT_TABLES } from './exempt-tables';
import { ask } from './databases';

const OWN = `tenant_id = current_setting('app.tenant_id'::text, true)`;

/** Everything in the database's catalogue through which one tenant could see another's rows, and why. */
export async function unguarded(superuserUrl?: string): Promise<string[]> {
  const lines = await ask<{ name: string; fault: string }>(
    `SELECT n.nspname || '.' || c.relname AS name,
       CASE WHEN c.relkind = 'm' THEN 'is a materialized view, which knows no policies'
            WHEN c.relkind = 'v' THEN CASE WHEN c.reloptions::text ~ 'security_invoker=(true|on|1)' THEN NULL
                                           ELSE 'is a view that reads in the name of its owner' END
            WHEN NOT c.relrowsecurity THEN 'has no row-level security'
            WHEN NOT c.relforcerowsecurity THEN 'does not force it on its owner'
            WHEN p.policies <> 1 THEN 'has ' || p.policies || ' policies'
            WHEN NOT p.is_own THEN 'has a policy that is not about the transaction''s tenant' END AS fault
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS policies,
         bool_and(polcmd = '*' AND polroles = '{0}' AND polpermissive
                  AND trim(both '()' from pg_get_expr(polqual, polrelid)) = $1
                  AND trim(both '()' from pg_get_expr(polwithcheck, polrelid)) = $1) AS is_own
       FROM pg_policy WHERE polrelid = c.oid
     ) AS p
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
       AND n.nspname <> ALL($2) AND n.nspname || '.' || c.relname <> ALL($3)
     UNION ALL
     SELECT n.nspname || '.' || f.proname, 'is a function that runs in the name of its owner'
     FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
     WHERE f.prosecdef AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
     ORDER BY 1`,
    [trimmed(OWN), [...EXEMPT_SCHEMAS.keys()], [...EXEMPT_TABLES.keys()]],
    superuserUrl,
  );
  return lines.filter(({ fault }) => fault !== null).map(({ name, fault }) => `${name} ${fault}`);
}

/** PostgreSQL puts the expression in parentheses, and the last one of the function is lost with them. */
const trimmed = (expression: string): string => expression.replace(/\)$/, '');

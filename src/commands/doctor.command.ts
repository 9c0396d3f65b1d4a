import { SiteCheck } from '../push/site/site-check';
import type { Command } from './command';
import { withQuietApp } from './quiet-app';

/** `doctor [tenant]`: whether the tenant's Moodle, or the default tenant's, can be pushed to. Exit code 1 if not. */
export const doctor: Command = (input) =>
  withQuietApp(input, async (app) => {
    const { environment, args, print } = input;
    const { ok, layout, site, findings } = await app.get(SiteCheck).check(args[0] ?? environment.DEFAULT_TENANT_ID);
    if (site) print(`${site.name}, ${site.url}, Moodle ${site.release ?? 'of an unknown release'}; layout ${layout}`);
    for (const { severity, code, message } of findings) print(`${severity} ${code}: ${message}`);
    if (ok) print('Moodle can be pushed to.');
    return ok ? 0 : 1;
  });

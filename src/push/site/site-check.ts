import { Injectable } from '@nestjs/common';
import { Environment } from '../../config/environment';
import { enrolUsers } from '../../moodle/functions/enrolments';
import { getSiteInfo, type SiteInfo } from '../../moodle/functions/site';
import { createUsers, getUsersByField, updateUsers } from '../../moodle/functions/users';
import { MoodleClient } from '../../moodle/moodle-client';
import { MoodleError } from '../../moodle/moodle-error';
import type { MoodleSite } from '../../moodle/moodle-site';
import { ProfileReader } from '../../sync/profile/profile-reader';
import { TargetKinds } from '../kinds/target-kinds';
import { LAYOUTS } from '../wanted/layout';
import { type LayoutName, type MoodleSettings, settingsOf } from '../wanted/moodle-settings';
import type { MakeCall } from './moodle-calls';
import { MoodleSites } from './moodle-sites';
import { readsAllVariables, TRUNCATES, UNLIKELY_ID } from './site-probe';
import type { Kind } from '../targets/target';

/** Something that keeps pushes from arriving, or may. */
export interface SiteFinding {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
}

/** What a look at a tenant's Moodle came to. */
export interface SiteReport {
  readonly ok: boolean;
  readonly layout: LayoutName;
  /** null when it could not be reached, or there is none */
  readonly site: { readonly name: string; readonly url: string; readonly release: string | null } | null;
  readonly findings: readonly SiteFinding[];
}

/** Of 5.1; from then on a course has as many sections as it likes. */
const UNLIMITED_SECTIONS = 2025100600;

/** Looks whether a tenant's Moodle can be pushed to, and changes nothing there. */
@Injectable()
export class SiteCheck {
  constructor(
    private readonly environment: Environment,
    private readonly profiles: ProfileReader,
    private readonly sites: MoodleSites,
    private readonly kinds: TargetKinds,
    private readonly client: MoodleClient,
  ) {}

  async check(tenantId: string): Promise<SiteReport> {
    const settings = settingsOf((await this.profiles.read(tenantId)).profile, this.environment);
    const { layout, roles } = settings;
    const findings: SiteFinding[] = [];
    if (!this.environment.MOODLE_ENABLED) findings.push(DISABLED);
    const site = await this.sites.findConfigured(tenantId);
    const info = site ? await this.reach(site, findings) : null;
    if (!site) findings.push(NO_SITE);
    if (site && info) {
      findings.push(...this.missingFunctions(info, settings), ...sectionLimit(info, layout));
      findings.push(...(await this.inputLimit(site, info)), ...(await this.missingRoles(site, info, roles)));
      findings.push(...(await this.missingCapabilities(site, info)));
    }
    return {
      ok: findings.every(({ severity }) => severity !== 'error'),
      layout,
      site: info && { name: info.sitename, url: info.siteurl, release: info.release ?? null },
      findings,
    };
  }

  private async reach(site: MoodleSite, findings: SiteFinding[]): Promise<SiteInfo | null> {
    try {
      return await this.client.call(site, getSiteInfo, {});
    } catch (error) {
      if (!(error instanceof MoodleError)) throw error;
      findings.push({ severity: 'error', code: error.errorcode, message: error.message });
      return null;
    }
  }

  private missingFunctions({ functions }: SiteInfo, { layout, cohorts, grades }: MoodleSettings): SiteFinding[] {
    const known = new Set(functions.map(({ name }) => name));
    const used = new Set<Kind>([...Object.values(LAYOUTS[layout].kinds).flat(), 'user', 'enrolment']);
    if (used.has('group')) used.add('membership');
    if (cohorts) used.add('cohort').add('cohort_membership');
    if (grades.length > 0) used.add('grade');
    const missing = this.kinds.inOrder
      .filter(({ kind }) => used.has(kind))
      .flatMap((kind) => kind.functions.map(({ name }) => name))
      .filter((name) => !known.has(name));
    if (missing.length === 0) return [];
    const message = `The service lacks functions that the settings need: ${missing.join(', ')}. Add them in Moodle`;
    return [{ severity: 'error', code: 'functions_missing', message }];
  }

  /** No function lists capabilities. Moodle looks for them before it refuses what is sent here: a taken name, no user. */
  private async missingCapabilities(site: MoodleSite, { username, functions }: SiteInfo): Promise<SiteFinding[]> {
    const taken = { username, auth: 'none-such', firstname: '-', lastname: '-', email: '-', idnumber: '' };
    const has = ({ name }: { name: string }) => functions.some((one) => one.name === name);
    const probes = [
      ...(has(createUsers) ? [() => this.client.call(site, createUsers, { users: [taken] })] : []),
      ...(has(updateUsers) ? [() => this.client.call(site, updateUsers, { users: [{ id: UNLIKELY_ID }] })] : []),
    ];
    const findings: SiteFinding[] = [];
    for (const probe of probes) {
      try {
        await probe();
      } catch (error) {
        if (!(error instanceof MoodleError)) throw error;
        if (error.errorcode === 'nopermissions') findings.push(capabilityFinding(error));
      }
    }
    return findings;
  }

  /**
   * No function lists roles. Enrolling somebody in the front page is refused in any case: for the role, if that is wrong,
   * and for the front page otherwise.
   */
  private async missingRoles(
    site: MoodleSite,
    { userid, siteid: courseid, functions }: SiteInfo,
    roles: MoodleSettings['roles'],
  ): Promise<SiteFinding[]> {
    if (!functions.some(({ name }) => name === enrolUsers.name)) return [];
    const findings: SiteFinding[] = [];
    for (const [role, roleid] of Object.entries(roles)) {
      try {
        const enrolment = { roleid, userid, courseid, timestart: 0, timeend: 0, suspend: false };
        await this.client.call(site, enrolUsers, { enrolments: [enrolment] });
      } catch (error) {
        if (!(error instanceof MoodleError)) throw error;
        findings.push(...roleFinding(role, roleid, error));
      }
    }
    return findings;
  }

  private async inputLimit(site: MoodleSite, { userid, functions }: SiteInfo): Promise<SiteFinding[]> {
    if (!functions.some(({ name }) => name === getUsersByField.name)) return [];
    const call: MakeCall = (fn, parameters, items) => this.client.call(site, fn, parameters, items);
    try {
      return (await readsAllVariables(call, userid)) ? [] : [TRUNCATING];
    } catch (error) {
      if (!(error instanceof MoodleError)) throw error;
      return [
        {
          severity: 'warning',
          code: error.errorcode,
          message: `max_input_vars could not be looked at: ${error.message}`,
        },
      ];
    }
  }
}

const capabilityFinding = ({ errorcode: code, message }: MoodleError): SiteFinding => ({
  severity: 'error',
  code,
  message,
});

function roleFinding(role: string, roleid: number, error: MoodleError): SiteFinding[] {
  const { errorcode, message } = error;
  if (errorcode === 'wsnoinstance') return [];
  if (errorcode === 'nopermissions') return [capabilityFinding(error)];
  if (errorcode !== 'wsusercannotassign')
    return [
      { severity: 'warning', code: errorcode, message: `The role of ${role}s could not be looked at: ${message}` },
    ];
  const advice = 'Set its id in the profile under moodle.roles, or let the role of the token’s user assign it';
  return [{ severity: 'error', code: 'role', message: `The role ${roleid} of ${role}s cannot be assigned. ${advice}` }];
}

function sectionLimit({ version = '0' }: SiteInfo, layout: LayoutName): SiteFinding[] {
  if (layout !== 'program-course' || Number.parseFloat(version) >= UNLIMITED_SECTIONS) return [];
  const message =
    'Before Moodle 5.1 a course has no more sections than the setting maxsections says, 52 by default. ' +
    'Raise it if a program has more classes';
  return [{ severity: 'warning', code: 'maxsections', message }];
}

const DISABLED: SiteFinding = {
  severity: 'warning',
  code: 'disabled',
  message: 'MOODLE_ENABLED is false: what is to be pushed is only kept',
};
const NO_SITE: SiteFinding = {
  severity: 'error',
  code: 'no_site',
  message: 'The tenant has no Moodle site: see MOODLE_BASE_URL and MOODLE_SITES_FILE',
};
const TRUNCATING: SiteFinding = {
  severity: 'error',
  code: 'max_input_vars',
  message: TRUNCATES,
};

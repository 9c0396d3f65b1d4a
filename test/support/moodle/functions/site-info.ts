import { type Site, SITE_URL } from '../site';
import { fullnameOf, PICTURES } from './user-details';
import { missingRecord } from '../exceptions';

/** What the token's user may call is part of the answer, so that a client can look before its first push. */
export function siteInfo(site: Site, caller: number, functions: readonly string[]): object {
  const user = site.users.get(caller);
  if (user === undefined) throw missingRecord();
  return {
    sitename: 'Moodle 5.1 test',
    username: user.username,
    firstname: user.firstname,
    lastname: user.lastname,
    fullname: fullnameOf(user),
    lang: 'en',
    userid: user.id,
    siteurl: SITE_URL,
    userpictureurl: PICTURES.profileimageurl,
    functions: functions.map((name) => ({ name, version: versionOf(site, name) })),
    ...FEATURES,
    release: site.settings.release,
    version: site.settings.version,
    userissiteadmin: user.username === 'admin',
  };
}

/** A plugin's version is a whole number. */
function versionOf(site: Site, name: string): string {
  const { version } = site.settings;
  return name.startsWith('core_') ? version : (version.split('.')[0] ?? version);
}

const ADVANCED = {
  usecomments: 1,
  usetags: 1,
  enablenotes: 1,
  messaging: 1,
  enableblogs: 1,
  enablecompletion: 1,
  enablebadges: 1,
  messagingallusers: 0,
  enablecustomreports: 1,
  enableglobalsearch: 0,
  mnet_dispatcher_mode: 0,
  enablecompetencies: 1,
};

const FEATURES = {
  downloadfiles: 0,
  uploadfiles: 0,
  release: '',
  version: '',
  mobilecssurl: '',
  advancedfeatures: Object.entries(ADVANCED).map(([name, value]) => ({ name, value })),
  usercanmanageownfiles: true,
  userquota: 104_857_600,
  usermaxuploadfilesize: 2_097_152,
  userhomepage: 1,
  userprivateaccesskey: 'ef09aae7ba798662968f43040b2dc058',
  siteid: 1,
  sitecalendartype: 'gregorian',
  usercalendartype: 'gregorian',
  userissiteadmin: false,
  theme: 'boost',
  limitconcurrentlogins: 0,
  policyagreed: 0,
};

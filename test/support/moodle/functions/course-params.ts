import { int, list, object, optional, plugin, raw, type Read, text, withDefault, word } from '../params';

const pairs = list(object({ name: word, value: raw }));

/** What a course may have besides its names and category; the ones below the line are taken and not kept. */
const common = {
  idnumber: optional(raw),
  summary: optional(raw),
  startdate: optional(int),
  enddate: optional(int),
  visible: optional(int),
  courseformatoptions: optional(pairs),

  numsections: optional(int),
  hiddensections: optional(int),
  enablecompletion: optional(int),
  completionnotify: optional(int),
  lang: optional(word),
  forcetheme: optional(plugin),
  customfields: optional(list(object({ shortname: word, value: raw }))),
};

export const newCourse = object({
  fullname: text,
  shortname: text,
  categoryid: int,
  ...common,
  summaryformat: withDefault(int, 1),
  format: withDefault(plugin, 'topics'),
  showgrades: withDefault(int, 1),
  newsitems: withDefault(int, 5),
  groupmode: withDefault(int, 0),
  groupmodeforce: withDefault(int, 0),
  defaultgroupingid: withDefault(int, 0),
  maxbytes: withDefault(int, 0),
  showreports: withDefault(int, 0),
});
export type NewCourse = Read<typeof newCourse>;

export const changedCourse = object({
  id: int,
  fullname: optional(text),
  shortname: optional(text),
  categoryid: optional(int),
  ...common,
  summaryformat: optional(int),
  format: optional(plugin),
  showgrades: optional(int),
  newsitems: optional(int),
  groupmode: optional(int),
  groupmodeforce: optional(int),
  defaultgroupingid: optional(int),
  maxbytes: optional(int),
  showreports: optional(int),
});
export type ChangedCourse = Read<typeof changedCourse>;

import type { StandInFunction } from './functions';
import { invalidParameter, missingRecord, moodleException, writeFailed } from './moodle-exception';
import type { Category, Course, MoodleState } from './moodle-state';
import { any, bool, type Checked, int, list, object, optional } from './parameters';

const courseFields = {
  fullname: optional(any),
  shortname: optional(any),
  categoryid: optional(int),
  idnumber: optional(any),
  summary: optional(any),
  summaryformat: optional(int),
  groupmode: optional(int),
  format: optional(any),
  numsections: optional(int),
  visible: optional(bool),
  startdate: optional(int),
  enddate: optional(int),
  lang: optional(any),
  courseformatoptions: optional(list(object({ name: any, value: any }))),
};

export const courseFunctions: Readonly<Record<string, StandInFunction>> = {
  core_course_create_categories: {
    takes: { categories: list(object({ name: any, idnumber: optional(any), parent: optional(int) })) },
    writes: true,
    run: createCategories,
  },
  core_course_get_categories: {
    takes: { criteria: list(object({ key: any, value: any })), addsubcategories: optional(bool) },
    writes: false,
    run: findCategories,
  },
  core_course_update_categories: {
    takes: {
      categories: list(object({ id: int, name: optional(any), idnumber: optional(any), parent: optional(int) })),
    },
    writes: true,
    run: updateCategories,
  },
  core_course_create_courses: {
    takes: { courses: list(object({ ...courseFields, fullname: any, shortname: any, categoryid: int })) },
    writes: true,
    run: createCourses,
  },
  core_course_get_courses_by_field: { takes: { field: any, value: any }, writes: false, run: findCourses },
  core_course_update_courses: {
    takes: { courses: list(object({ ...courseFields, id: int })) },
    writes: true,
    run: updateCourses,
  },
  core_course_get_contents: {
    takes: { courseid: int, options: optional(list(object({ name: any, value: any }))) },
    writes: false,
    run: contentsOf,
  },
  core_courseformat_update_course: {
    takes: { action: any, courseid: int, ids: optional(list(int)) },
    writes: true,
    run: updateFormat,
  },
  core_update_inplace_editable: {
    takes: { component: any, itemtype: any, itemid: int, value: any },
    writes: true,
    run: rename,
  },
};

function createCategories(state: MoodleState, { categories }: Checked): unknown {
  const added: Category[] = [];
  for (const { name, idnumber = '', parent = 0 } of categories) {
    const known = [...state.categories, ...added];
    if (parent !== 0 && !known.some(({ id }) => id === parent)) throw moodleException('unknowcategory');
    if (idnumber !== '' && known.some((other) => other.idnumber === idnumber))
      throw moodleException('categoryidnumbertaken');
    added.push({ id: state.nextId(), name, idnumber, parent });
  }
  state.categories.push(...added);
  return added.map(({ id, name }) => ({ id, name }));
}

function findCategories(state: MoodleState, { criteria }: Checked): unknown {
  const matches = (category: Category): boolean =>
    criteria.every(({ key, value }: Checked) => String(category[key as keyof Category]) === value);
  return state.categories.filter(matches).map((category) => ({
    ...category,
    description: '',
    descriptionformat: 1,
    sortorder: 40000,
    coursecount: 0,
    visible: 1,
    visibleold: 1,
    timemodified: 1,
    depth: 1,
    path: `/${category.id}`,
    theme: '',
  }));
}

function updateCategories(state: MoodleState, { categories }: Checked): null {
  for (const change of categories) {
    const known = state.categories.find(({ id }) => id === change.id);
    if (!known) throw moodleException('unknowncategory');
    Object.assign(known, change);
  }
  return null;
}

/** Atomic. */
function createCourses(state: MoodleState, { courses }: Checked): unknown {
  const before = state.courses.length;
  try {
    return courses.map((course: Checked) => createCourse(state, course));
  } catch (error) {
    state.courses.length = before;
    throw error;
  }
}

function createCourse(state: MoodleState, { numsections = 4, ...course }: Checked): unknown {
  const fault = faultOf(state, course, null);
  if (fault) throw fault;
  if (!state.categories.some(({ id }) => id === course.categoryid)) throw moodleException('errorcatcontextnotvalid');
  if (course.shortname.length > 255) throw writeFailed();
  const sections = Array.from({ length: numsections + 1 }, (_none, at) => ({
    id: state.nextId(),
    name: at === 0 ? 'General' : 'New section',
    visible: true,
  }));
  const { id, shortname } = state.addCourse({ ...course, sections });
  return { id, shortname };
}

function faultOf(state: MoodleState, course: Checked, own: Course | null) {
  const others = state.courses.filter((other) => other !== own);
  if (others.some(({ shortname }) => shortname === course.shortname)) return moodleException('shortnametaken');
  if (course.idnumber && others.some(({ idnumber }) => idnumber === course.idnumber)) {
    return moodleException('courseidnumbertaken');
  }
  const { startdate = own?.startdate ?? 0, enddate = own?.enddate ?? 0 } = course;
  return enddate !== 0 && enddate < startdate ? moodleException('enddatebeforestartdate') : null;
}

function findCourses(state: MoodleState, { field, value }: Checked): unknown {
  if (!['id', 'ids', 'idnumber', 'shortname', 'category'].includes(field)) throw invalidParameter();
  const courses = state.courses.filter(
    (course) => course[field as 'id' | 'idnumber' | 'shortname'].toString() === value,
  );
  return { courses: courses.map(describeCourse), warnings: [] };
}

const describeCourse = ({ sections: _sections, hasManualEnrolment: _manual, ...course }: Course): unknown => ({
  ...course,
  visible: Number(course.visible),
  displayname: course.fullname,
});

function updateCourses(state: MoodleState, { courses }: Checked): unknown {
  const warnings: unknown[] = [];
  for (const change of courses) {
    const known = state.course(change.id);
    const code = known ? faultOf(state, change, known)?.errorcode : 'invalidrecordunknown';
    if (code !== undefined)
      warnings.push({ item: 'course', itemid: change.id, warningcode: code, message: `error/${code}` });
    else if (known) Object.assign(known, change);
  }
  return { warnings };
}

/** The token's user may not see hidden sections. */
function contentsOf(state: MoodleState, { courseid }: Checked): unknown {
  const course = courseOr(state, courseid, missingRecord);
  return course.sections.flatMap(({ id, name, visible }, at) =>
    visible
      ? [
          {
            id,
            name,
            visible: 1,
            summary: '',
            summaryformat: 1,
            section: at,
            hiddenbynumsections: 0,
            uservisible: true,
            component: null,
            itemid: null,
            modules: [],
          },
        ]
      : [],
  );
}

function courseOr(state: MoodleState, id: number, error: () => Error): Course {
  const course = state.course(id);
  if (!course) throw error();
  return course;
}

function updateFormat(state: MoodleState, { action, courseid, ids = [] }: Checked): string {
  const course = courseOr(state, courseid, missingRecord);
  if (action === 'section_add') return addSection(state, course);
  if (!['section_hide', 'section_show', 'section_delete'].includes(action)) {
    throw moodleException(`Invalid course state action ${action} in format_topics\\courseformat\\stateactions`);
  }
  for (const id of ids) {
    const section = course.sections.find((one) => one.id === id);
    if (!section) throw moodleException(state.wasSection(id) ? 'sectionnotexist' : 'unexistingsectionid');
    if (action === 'section_delete') state.forgetSection(course, id);
    else section.visible = action === 'section_show';
  }
  const changed =
    action === 'section_hide'
      ? []
      : ids.map((id: number) => ({
          name: 'section',
          action: action === 'section_delete' ? 'remove' : 'put',
          fields: { id: String(id) },
        }));
  return JSON.stringify(changed);
}

function addSection(state: MoodleState, course: Course): string {
  if (course.sections.length > state.maxSections) throw moodleException('maxsectionslimit');
  const section = { id: state.nextId(), name: 'New section', visible: true };
  course.sections.push(section);
  const put = (name: string, fields: object): unknown => ({ name, action: 'put', fields });
  return JSON.stringify([
    put('course', { id: String(course.id), sectionlist: course.sections.map(({ id }) => String(id)) }),
    ...course.sections.map(({ id, name }, at) => put('section', { id: String(id), section: at, title: name })),
  ]);
}

function rename(state: MoodleState, { itemid, value, ...rest }: Checked): unknown {
  const section = state.courses.flatMap(({ sections }) => sections).find(({ id }) => id === itemid);
  if (!section) throw missingRecord();
  section.name = value.replaceAll(/<[^>]*>/g, '');
  return {
    displayvalue: section.name,
    ...rest,
    value: section.name,
    itemid: String(itemid),
    edithint: 'Edit section name',
    editlabel: `New name for section ${section.name}`,
  };
}

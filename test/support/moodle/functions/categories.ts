import { invalidParameter, moodleException } from '../exceptions';
import { bool, int, list, object, optional, raw, type Read, text, withDefault } from '../params';
import type { Category } from '../rows';
import { addCategory } from '../seed';
import type { Site } from '../site';
import { type FunctionTable, reads, writesAtomically } from './function';

const newCategory = object({
  name: text,
  parent: withDefault(int, 0),
  idnumber: optional(raw),
  description: optional(raw),
  descriptionformat: withDefault(int, 1),
  theme: optional(raw),
});

async function createCategories(
  { categories }: { readonly categories: readonly Read<typeof newCategory>[] },
  site: Site,
): Promise<unknown> {
  const created = [];
  for (const { idnumber = '', description = '', ...category } of categories) {
    if (category.parent !== 0) findCategory(site, category.parent);
    checkCategory(site, category.name, idnumber);
    const pause = site.inserts.pause();
    if (pause !== undefined) await pause;
    const { name, parent, descriptionformat } = category;
    const { id } = addCategory(site, { name, parent, idnumber, description, descriptionformat });
    created.push({ id, name });
  }
  return created;
}

function findCategory(site: Site, id: number): Category {
  const category = site.categories.get(id);
  if (category === undefined) throw moodleException('unknowcategory', 'Category not known!');
  return category;
}

function checkCategory(site: Site, name: string, idnumber: string, butFor?: number): void {
  if (name === '') throw moodleException('categorynamerequired', 'Category name is required');
  if (name.length > 255) throw moodleException('categorytoolong', 'Category name is too long');
  if (idnumber.length > 100) throw moodleException('idnumbertoolong', 'ID number is too long');
  if (idnumber !== '' && site.categories.some((each) => each.id !== butFor && each.idnumber === idnumber))
    throw moodleException('categoryidnumbertaken', 'ID number is already used for another category');
}

const changedCategory = object({
  id: int,
  name: optional(text),
  idnumber: optional(raw),
  parent: optional(int),
  description: optional(raw),
  descriptionformat: withDefault(int, 1),
  theme: optional(raw),
});

function updateCategories(
  { categories }: { readonly categories: readonly Read<typeof changedCategory>[] },
  site: Site,
): null {
  for (const { id, parent, name, idnumber, description } of categories) {
    const before = site.categories.get(id);
    if (before === undefined)
      throw moodleException('unknowncategory', `Unknown category with category ID number "${id}"`);
    if (parent !== undefined && parent !== 0) findCategory(site, parent);
    checkCategory(site, name ?? before.name, idnumber ?? '', id);
    site.categories.change(id, {
      ...(name === undefined ? {} : { name }),
      ...(idnumber === undefined ? {} : { idnumber }),
      ...(parent === undefined ? {} : { parent }),
      ...(description === undefined ? {} : { description }),
      timemodified: site.now(),
    });
  }
  return null;
}

const CRITERIA = ['id', 'ids', 'name', 'parent', 'idnumber'];

function getCategories(
  {
    criteria,
    addsubcategories,
  }: {
    readonly criteria: readonly { readonly key: string; readonly value: string }[];
    readonly addsubcategories: boolean;
  },
  site: Site,
): unknown {
  if (criteria.some(({ key }) => !CRITERIA.includes(key))) throw invalidParameter();
  const fits = (category: Category): boolean =>
    criteria.every(({ key, value }) =>
      key === 'ids'
        ? value.split(',').includes(String(category.id))
        : String(category[key as 'id' | 'name' | 'parent' | 'idnumber']) === value,
    );
  const found = new Set(site.categories.filter(fits).map(({ id }) => id));
  const wanted = site.categories.filter(
    (category) => found.has(category.id) || (addsubcategories && pathOf(site, category).some((id) => found.has(id))),
  );
  return wanted.map((category) => details(site, category));
}

function pathOf(site: Site, category: Category): number[] {
  const above = site.categories.get(category.parent);
  return above === undefined ? [category.id] : [...pathOf(site, above), category.id];
}

function details(site: Site, category: Category): object {
  const path = pathOf(site, category);
  return {
    id: category.id,
    name: category.name,
    idnumber: category.idnumber,
    description: category.description,
    descriptionformat: category.descriptionformat,
    parent: category.parent,
    sortorder: 10_000 * site.categories.filter(({ id }) => id <= category.id).length,
    coursecount: site.courses.filter((course) => course.category === category.id).length,
    visible: 1,
    visibleold: 1,
    timemodified: category.timemodified,
    depth: path.length,
    path: `/${path.join('/')}`,
    theme: '',
  };
}

const criteria = list(object({ key: text, value: raw }));

export const categoryFunctions: FunctionTable = {
  core_course_create_categories: writesAtomically(
    { categories: list(newCategory) },
    'moodle/category:manage',
    createCategories,
  ),
  core_course_update_categories: writesAtomically(
    { categories: list(changedCategory) },
    'moodle/category:manage',
    updateCategories,
  ),
  core_course_get_categories: reads(
    { criteria: withDefault(criteria, []), addsubcategories: withDefault(bool, true) },
    undefined,
    getCategories,
  ),
};

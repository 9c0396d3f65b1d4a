import { getMetadataArgsStorage } from 'typeorm';

/** The name of the table that the class declares. */
export function tableOf(entity: new () => object): string {
  const table = getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.name;
  if (table === undefined) throw new Error(`${entity.name} declares no table`);
  return table;
}

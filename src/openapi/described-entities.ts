import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { EntityDefinition } from '../sync/fields';
import { type ColumnValues, type MappedColumn, RecordMapper } from '../sync/record-mapper';
import { exampleValuesOf } from './record-examples';

/** All that the document says of an entity follows from this. */
export interface DescribedEntity {
  readonly definition: EntityDefinition;
  /** columns that are answered beside the canonical fields, since they follow from them */
  readonly derivedColumns: readonly MappedColumn[];
  readonly exampleDerived: ColumnValues;
}

/**
 * Every entity of the application, found by its mapper. The mapper is made anew, as it takes nothing but its
 * declaration: so the document can be written of an application that is only previewed, without a database.
 */
export function describedEntities(app: INestApplication): DescribedEntity[] {
  const providers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.providers.values()]);
  return providers
    .map(({ metatype }) => metatype)
    .filter(isMapperClass)
    .map((mapperClass) => describe(new mapperClass()));
}

function describe(mapper: RecordMapper): DescribedEntity {
  const { definition } = mapper;
  const values = exampleValuesOf(definition);
  const exampleDerived = mapper.derivedFromRow(mapper.toRow(values));
  const derivedColumns = mapper.columns.filter(({ name }) => name in exampleDerived);
  return { definition, derivedColumns, exampleDerived };
}

const isMapperClass = (metatype: unknown): metatype is Type<RecordMapper> =>
  typeof metatype === 'function' && metatype.prototype instanceof RecordMapper;

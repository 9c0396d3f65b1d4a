import { IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { ToYesOrNo } from './dry-run';
import { parseInstant } from '../sync/values/date';

const LONGEST_PAGE = 500;

/** An entity's name in the routes. */
export const ROUTE_NAME = /^[a-z_]{1,64}$/;

/** An ISO time as an instant in UTC, or false. A `+` that the caller did not escape arrives as a space. */
function toInstant({ value }: { value: unknown }): string | false {
  if (typeof value !== 'string') return false;
  const parsed = parseInstant(value.replace(/ (?=\d{2}:?\d{2}$)/, (space, at: number) => (at > 10 ? '+' : space)));
  return (parsed.kind === 'value' && parsed.value) || false;
}

/** A page of any list. */
export class CursorQuery {
  /** Items on a page. */
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value,
  )
  @IsInt()
  @Min(1)
  @Max(LONGEST_PAGE)
  limit = 50;

  /** The `next_cursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;
}

/** What an entity's read routes may be asked to answer with a row. */
export class ExpandQuery {
  /** References whose records are answered with the row, separated by commas. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  expand?: string[];
}

/** The query of an entity's list route. */
export class PageQuery extends IntersectionType(CursorQuery, ExpandQuery) {
  /** Rows with this status, upper and lower case being the same. */
  @IsOptional()
  @MaxLength(512)
  // PostgreSQL's text holds no NUL.
  @Matches(/^[^\0]*$/, { message: 'status must be text' })
  status?: string;

  /** Rows changed at this instant or later. */
  @IsOptional()
  @Transform(toInstant)
  @Matches(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/, {
    message: 'updated_since must be an ISO time such as 2026-02-14T10:21:07Z',
  })
  updated_since?: string;

  /** Tombstones of deleted records too. */
  @ToYesOrNo()
  @IsBoolean()
  deleted = false;
}

/** The query of a delete route. */
export class RemovalQuery {
  /** For good, rather than to a tombstone. */
  @ToYesOrNo()
  @IsBoolean()
  erase = false;

  /** Answer what would happen, and write nothing. */
  @ToYesOrNo()
  @IsBoolean()
  dryRun = false;
}

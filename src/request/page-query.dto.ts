import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { parseInstant } from '../sync/values/date';

const LONGEST_PAGE = 500;

/** An ISO time as an instant in UTC, or false. A `+` that the caller did not escape arrives as a space. */
function toInstant({ value }: { value: unknown }): string | false {
  if (typeof value !== 'string') return false;
  const parsed = parseInstant(value.replace(/ (?=\d{2}:?\d{2}$)/, (space, at: number) => (at > 10 ? '+' : space)));
  return (parsed.kind === 'value' && parsed.value) || false;
}

/** The query of a list route. */
export class PageQuery {
  /** Rows on a page. */
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
}

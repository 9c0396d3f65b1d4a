import { Transform } from 'class-transformer';
import { IsDefined, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { ROUTE_NAME } from '../request/page-query.dto';

/** Which version of a profile. */
export class ProfileQuery {
  /** Absent: the newest. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  )
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  version?: number;
}

/** A payload to try a profile on. */
export class TrialDto {
  /** The entity's name in the routes. */
  @Matches(ROUTE_NAME, { message: 'entity must be named as in the routes, such as students' })
  entity: string;

  /** The body of a sync request. */
  @IsDefined()
  payload: unknown;

  /** The profile to try; absent: the tenant's own. */
  @IsOptional()
  profile?: unknown;
}

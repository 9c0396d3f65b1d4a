import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { ToYesOrNo } from '../request/dry-run';

/** The query of the import route. */
export class ImportQuery {
  /** Answer what would happen, and write nothing. */
  @ToYesOrNo()
  @IsBoolean()
  dryRun = false;

  /** The body has all records that there are. */
  @ToYesOrNo()
  @IsBoolean()
  full = false;

  /** Delete what a full body lacks, provided that it is so much at most. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  )
  @IsInt()
  @Min(0)
  @Max(999_999_999)
  deleteMissing?: number;

  /** Begin anew, though there is an unfinished import of the same key. */
  @ToYesOrNo()
  @IsBoolean()
  restart = false;
}

import { IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { HOLD_STATES, type HoldState } from '../push/brake/push-hold.entity';
import { TARGET_STATES, type TargetState } from '../push/targets/push-target.entity';
import { z } from 'zod';
import { checkedBody } from '../request/checked-body';
import { CursorQuery, ROUTE_NAME } from '../request/page-query.dto';

/** Which pushes. */
export class PushFilterQuery {
  /** Of this entity alone, named as in the routes. */
  @IsOptional()
  @Matches(ROUTE_NAME, { message: 'entity must be named as in the routes, such as students' })
  entity?: string;

  /** In this state alone. */
  @IsOptional()
  @IsIn(TARGET_STATES)
  state?: TargetState;

  /** For this reason alone. */
  @IsOptional()
  @Matches(/^[\w/-]{1,80}$/, { message: 'reason must be a code such as conflict' })
  reason?: string;
}

/** The query of the list of pushes. */
export class PushesQuery extends IntersectionType(CursorQuery, PushFilterQuery) {}

/** The query of the list of holds. */
export class HoldsQuery extends CursorQuery {
  /** In this state alone. */
  @IsOptional()
  @IsIn(HOLD_STATES)
  state?: HoldState;
}

const noteBody = z.strictObject({
  // PostgreSQL's text holds no NUL.
  note: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^\0]*$/, 'must be text'),
});

/** Why something is to be so. @throws Problem when the body does not say it */
export const noteOf = (body: unknown): string => checkedBody(noteBody, body).note;

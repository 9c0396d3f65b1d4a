import { IsIn, IsOptional, Matches } from 'class-validator';
import { CursorQuery, ROUTE_NAME } from '../request/page-query.dto';
import { DEFERRED_STATES, type DeferredState } from '../sync/deferral/deferred-record.entity';

/** The query of the list of what waits. */
export class DeferredQuery extends CursorQuery {
  /** Records of this entity alone, named as in the routes. */
  @IsOptional()
  @Matches(ROUTE_NAME, { message: 'entity must be named as in the routes, such as enrollments' })
  entity?: string;

  /** Records in this state alone. */
  @IsOptional()
  @IsIn(DEFERRED_STATES)
  state?: DeferredState;
}

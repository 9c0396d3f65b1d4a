import { IsOptional, Matches } from 'class-validator';
import { CursorQuery, ROUTE_NAME } from '../request/page-query.dto';

/** The query of the list of runs. */
export class RunsQuery extends CursorQuery {
  /** Runs of this entity alone, named as in the routes. */
  @IsOptional()
  @Matches(ROUTE_NAME, { message: 'entity must be named as in the routes, such as students' })
  entity?: string;
}

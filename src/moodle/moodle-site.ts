/** A site of Moodle, and what lets us in. */
export interface MoodleSite {
  /** such as `https://moodle.example.org`, with or without a slash at its end */
  readonly baseUrl: string;
  readonly token: string;
}

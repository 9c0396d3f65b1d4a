import { MoodleException } from './exceptions';
import { exceptionXml, responseXml } from './xml';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const reply = (
  status: number,
  contentType: string,
  body: string,
  more: Readonly<Record<string, string>> = {},
): Reply => ({
  status,
  headers: { 'content-type': contentType, ...more },
  body,
});

/** Moodle writes slashes as they are in JSON, and answers 200 whatever happened. */
export const jsonReply = (body: unknown): Reply => reply(200, 'application/json', JSON.stringify(body ?? null));
const xmlReply = (body: string): Reply => reply(200, 'application/xml; charset=utf-8', body);

export const htmlReply = (status: number, title: string, headers: Readonly<Record<string, string>> = {}): Reply =>
  reply(
    status,
    'text/html; charset=utf-8',
    `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
    headers,
  );

/** XML is what Moodle answers in when no format is asked for. */
export async function replyOf(format: string, work: () => unknown): Promise<Reply> {
  const isJson = format === 'json';
  try {
    const answer = await work();
    return isJson ? jsonReply(answer) : xmlReply(responseXml(answer));
  } catch (error) {
    if (!(error instanceof MoodleException)) throw error;
    return isJson ? jsonReply(error.body) : xmlReply(exceptionXml(error));
  }
}

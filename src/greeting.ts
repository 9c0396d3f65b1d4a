/** Without credentials whoever reaches the port may do everything: fine on one's own machine, and told all the same. */
const OPEN = 'Open:  whoever reaches this port may do everything. AUTHENTICATION=key-or-signature asks for keys.';

interface Welcome {
  readonly isOpen: boolean;
  readonly hasDocs: boolean;
}

/** What a newcomer sees when the service is ready: where it is, and one command that works as it stands. */
export function greeting(url: string, { isOpen, hasDocs }: Welcome): string {
  const base = url.replace(/\/\/(\[::1?\]|0\.0\.0\.0|127\.0\.0\.1)/, '//localhost');
  const docs = hasDocs ? `\nDocs:  ${base}/docs` : '';
  const key = isOpen ? '' : " -H 'X-API-Key: mzi_…'";
  return `
Ready on ${base}${docs}
Try:   curl -s ${base}/v1/sync/students${key} -H 'Content-Type: application/json' \\
         -d '{"data":[{"id":"5843017000000200001","Display_Name":"Omar Kaya","Academic_Email":"omar@college.example"}]}'
${isOpen ? OPEN : 'A key:  npm run keys -- create'}
`;
}

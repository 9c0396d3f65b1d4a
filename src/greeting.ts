/** What a newcomer sees when the service is ready: where it is, and one command that works as it stands. */
export function greeting(url: string): string {
  const base = url.replace(/\/\/(\[::1?\]|0\.0\.0\.0|127\.0\.0\.1)/, '//localhost');
  return `
Ready on ${base}
Docs:  ${base}/docs
Try:   curl -s ${base}/v1/sync/students -H 'Content-Type: application/json' \\
         -d '{"data":[{"id":"5843017000000200001","Display_Name":"Omar Kaya","Academic_Email":"omar@college.example"}]}'
`;
}

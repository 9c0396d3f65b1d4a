/** What of a service's variables nobody may read in a log line or an answer. */
export function secretsOf(variables: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(variables).flatMap(([name, value = '']) => {
    if (name.endsWith('_URL')) return passwordsOf(value);
    return /TOKEN|SECRET|PASSWORD|KEY/.test(name) ? value.split(/[,:]/) : [];
  });
}

/** What lets in whoever sends a request. */
export const credentialsOf = (headers: Headers): string[] => [
  headers.get('authorization')?.replace(/^\w+ +/, '') ?? '',
  headers.get('x-api-key') ?? '',
];

/** As it stands in the address, and as it is meant. */
function passwordsOf(address: string): string[] {
  const password = URL.canParse(address) ? new URL(address).password : '';
  return [...new Set([password, decodeURIComponent(password)])];
}

import { SecretRotation } from '../secrets/secret-rotation';
import { TenantDirectory } from '../tenants/tenant-directory';
import type { Command } from './command';
import { withQuietApp } from './quiet-app';

/** `secrets rotate`: seals all secrets anew by the first key of SECRET_KEYS. Exit code 1 if one cannot be read, or there is none. */
export const secrets: Command = async (input) => {
  const { args, print } = input;
  if (args[0] !== 'rotate' || args.length > 1) {
    print('Usage: npm run secrets -- rotate');
    return 1;
  }
  return withQuietApp(input, async (app) => {
    const tenantIds = await app.get(TenantDirectory).list();
    const { rotated, current, unreadable } = await app.get(SecretRotation).rotate(tenantIds);
    print(
      `${rotated} secrets were sealed anew by the first key, ${current} were before, ${unreadable} cannot be read.`,
    );
    if (rotated + current + unreadable === 0) {
      print('There are none: is DATABASE_URL that of the service?');
      return 1;
    }
    print(unreadable === 0 ? 'The other keys can be taken out of SECRET_KEYS.' : 'Keep the other keys in SECRET_KEYS.');
    return unreadable === 0 ? 0 : 1;
  });
};

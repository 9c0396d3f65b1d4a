import { execFile } from 'node:child_process';
import { findProgram } from './debian';

/** What promtool says, and whether it is content. */
export async function promtool(args: readonly string[], cwd: string): Promise<{ isWell: boolean; output: string }> {
  const { command, env } = await findProgram('promtool', 'usr/bin/promtool', {
    name: 'prometheus',
    packages: ['prometheus'],
    advice: 'The tests need promtool. Install prometheus, or run them where apt-get can fetch it.',
  });
  return new Promise((resolve) => {
    execFile(command, [...args], { env, cwd }, (error, stdout, stderr) =>
      resolve({ isWell: error === null, output: stdout + stderr }),
    );
  });
}

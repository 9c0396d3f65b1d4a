import type { TcpNetConnectOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import type { AddressList } from '../config/address-list';
import { Exemptions } from './exemptions';

/** Apache closes an idle connection after 5 s, and a call that meets the closing one would be in doubt. */
const IDLE_MS = 4_000;

/** What the agent's own errors say; they have no code. */
const REFUSAL = /^DNS lookup .* is not allowed\. Because,? /;

type Listener = (error: Error | null, socket: Duplex) => void;

/** By their names in the options of axios. */
export interface FilteringAgents {
  readonly httpAgent: RequestFilteringHttpAgent;
  readonly httpsAgent: RequestFilteringHttpsAgent;
}

/**
 * Agents that connect to public addresses alone, and to those that are allowed. Each address is looked at when it is
 * connected to, whether it was given or is what a name resolves to at that moment; one that is refused refuses the name.
 */
export function filteringAgents(allowed: AddressList): FilteringAgents {
  const exemptions = new Exemptions(allowed);
  return { httpAgent: new HttpAgent(exemptions), httpsAgent: new HttpsAgent(exemptions) };
}

/** Whether one of the agents has refused to connect; then nothing was sent. */
export const isRefusal = (error: Error): boolean => REFUSAL.test(error.message);

const optionsWith = ({ spellings, lookup }: Exemptions) => ({
  keepAlive: true,
  timeout: IDLE_MS,
  lookup,
  allowIPAddressList: spellings,
});

class HttpAgent extends RequestFilteringHttpAgent {
  constructor(private readonly exemptions: Exemptions) {
    super(optionsWith(exemptions));
  }

  override createConnection(options: TcpNetConnectOpts, listener?: Listener): Duplex {
    this.exemptions.exempt([options.host ?? '']);
    return super.createConnection(options, listener);
  }
}

class HttpsAgent extends RequestFilteringHttpsAgent {
  constructor(private readonly exemptions: Exemptions) {
    super(optionsWith(exemptions));
  }

  override createConnection(options: TcpNetConnectOpts, listener?: Listener): Duplex {
    this.exemptions.exempt([options.host ?? '']);
    return super.createConnection(options, listener);
  }
}

import { Injectable, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import axios, { AxiosError, type AxiosResponse } from 'axios';
import { AddressList } from '../config/address-list';
import { Environment } from '../config/environment';
import { type FilteringAgents, filteringAgents, isRefusal } from './filtering-agents';
import { OutgoingRefusal } from './outgoing-refusal';

/** How much of a call is put up with. */
export interface OutgoingLimits {
  /** for all of it: resolving the name, connecting, sending and reading */
  readonly milliseconds: number;
  /** of the answer's body, after decompression */
  readonly bytes: number;
}

/**
 * Calls addresses that tenants have given: by https in production, public ones and those that OUTGOING_ALLOWED_ADDRESSES
 * allows, through no proxy, which would connect for us, and following no redirect. All calls share keep-alive connections.
 */
@Injectable()
export class OutgoingCalls implements OnModuleDestroy, OnApplicationShutdown {
  private readonly agents: FilteringAgents;
  private readonly underWay = new Set<AbortController>();

  constructor(private readonly environment: Environment) {
    this.agents = filteringAgents(new AddressList(environment.OUTGOING_ALLOWED_ADDRESSES));
  }

  /** The process is to end: calls under way may take so long still, and then their callers are told that they were cut off. */
  onModuleDestroy(): void {
    const cutOff = (): void => this.underWay.forEach((call) => call.abort());
    setTimeout(cutOff, this.environment.SHUTDOWN_SECONDS * 1_000).unref();
  }

  onApplicationShutdown(): void {
    this.agents.httpAgent.destroy();
    this.agents.httpsAgent.destroy();
  }

  /**
   * Posts a form.
   *
   * @returns the answer, whatever its status, with its body as text
   * @throws OutgoingRefusal when it is not sent at all; AxiosError (whose cause may hold what was sent) when there is no
   * whole answer: `ERR_CANCELED` when the time is over, or the process ends
   */
  async post(
    url: string,
    form: URLSearchParams,
    { milliseconds, bytes }: OutgoingLimits,
  ): Promise<AxiosResponse<string>> {
    if (!URL.canParse(url)) throw new OutgoingRefusal('address_refused', 'The address cannot be read as one');
    this.demandHttps(url);
    const call = new AbortController();
    const deadline = setTimeout(() => call.abort(), milliseconds);
    this.underWay.add(call);
    try {
      return await axios.post<string>(url, form, {
        ...this.agents,
        signal: call.signal,
        responseType: 'text',
        transformResponse: (text: string) => text,
        validateStatus: () => true,
        maxRedirects: 0,
        maxContentLength: bytes,
        proxy: false,
      });
    } catch (error) {
      if (error instanceof AxiosError && isRefusal(error)) throw addressRefused(url);
      throw error;
    } finally {
      clearTimeout(deadline);
      this.underWay.delete(call);
    }
  }

  private demandHttps(url: string): void {
    if (this.environment.ENV !== 'production' || URL.parse(url)?.protocol === 'https:') return;
    throw new OutgoingRefusal(
      'not_https',
      `${hostOf(url)} is not called: ENV=production calls https:// addresses alone`,
    );
  }
}

const addressRefused = (url: string): OutgoingRefusal =>
  new OutgoingRefusal(
    'address_refused',
    `${hostOf(url)} is not called: it is, or resolves to, an address that is not public. If it is meant, list its IP address in OUTGOING_ALLOWED_ADDRESSES`,
  );

/** Without a user and a password, which an address may hold. */
const hostOf = (url: string): string => URL.parse(url)?.host ?? 'The address';

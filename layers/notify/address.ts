import type { LookupAddress } from "node:dns";
import ipaddr from "ipaddr.js";
import { PermanentError } from "../core/errors.ts";

// Channels lead where an administrator says, and the platform runs inside a network that is not the administrator's
// to walk through. So a channel may lead to public addresses only; what decides is the address that is connected to,
// not the name that was checked some time before.

/** The address is not one that channels may lead to. */
export class AddressError extends PermanentError {
  constructor(message: string) {
    super(message, { code: "address_refused" });
  }
}

export interface AddressRule {
  /**
   * Lets channels lead to this machine's own loopback addresses, also by http: for tests, and where receivers run
   * beside the platform on one machine.
   * @default false
   */
  allowLoopback?: boolean;
}

/** Checks what can be seen of a URL by itself. @throws {AddressError} */
export function checkUrl(text: string, { allowLoopback = false }: AddressRule): URL {
  const url = URL.parse(text);
  if (!url) throw new AddressError("expected a URL");
  const { protocol, username, password } = url;
  if (username || password) throw new AddressError("expected a URL without user name and password");
  if (protocol !== "https:" && !(protocol === "http:" && allowLoopback)) {
    throw new AddressError(`expected an https:// URL, got ${protocol}//`);
  }
  const host = hostOf(url);
  if (isLocalName(host) && !allowLoopback) throw new AddressError(`${host} is this machine itself`);
  if (ipaddr.isValid(host)) checkAddress(host, url, { allowLoopback });
  else if (protocol === "http:" && !isLocalName(host))
    throw new AddressError("http leads to this machine only");
  return url;
}

/** Checks the address that is about to be connected to. @throws {AddressError} */
export function checkAddress(
  address: string,
  { protocol }: URL,
  { allowLoopback = false }: AddressRule,
): void {
  const loopback = ipaddr.isValid(address) && ipaddr.parse(address).range() === "loopback";
  if (loopback && allowLoopback) return;
  if (!isPublic(address)) throw new AddressError(`${address} is not a public address`);
  if (protocol !== "https:")
    throw new AddressError(`http leads to this machine only, and ${address} is another`);
}

/** @throws {AddressError} if one of a name's addresses is not allowed: which one is taken is not ours to choose */
export function checkAddresses(addresses: readonly LookupAddress[], url: URL, rule: AddressRule): void {
  for (const { address } of addresses) checkAddress(address, url, rule);
}

/** Without the brackets of an IPv6 address, and without the dot that ends a full name. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");

const isLocalName = (host: string): boolean => host === "localhost" || host.endsWith(".localhost");

/** IPv6's only block of global unicast (RFC 4291, section 2.4): what is outside of it embeds, translates or is kept. */
const globalUnicast = ipaddr.parseCIDR("2000::/3") as [ipaddr.IPv6, number];

/** Nothing private, local, reserved or multicast, and no IPv6 address with an IPv4 one inside (mapped, 6to4, NAT64). */
function isPublic(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || (address as ipaddr.IPv6).match(globalUnicast);
}

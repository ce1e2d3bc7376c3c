/** Under which terms the networks come, and what that means. */
import type { NetworkInfo } from './protocol.js';

export interface NetworkTerms {
  role: string;
  name: string;
  /** SPDX identifier. */
  license: string;
  /** Where the weights come from. */
  source: string;
  /** null: the licence is not one that is known here. */
  commercialUse: boolean | null;
}

export interface Terms {
  /** Whether what the loaded networks compute may be used commercially: by all of them, or not by one of them. */
  commercialUse: boolean | null;
  /** The same in a sentence. */
  text: string;
  networks: readonly NetworkTerms[];
}

/** By SPDX identifier. */
export function allowsCommercialUse(license: string): boolean | null {
  if (/^(Apache-2\.0|MIT|BSD-[23]-Clause|ISC|CC0-1\.0|CC-BY(-SA)?-4\.0)$/.test(license)) return true;
  return /^CC-BY-NC(-(SA|ND))?-\d\.\d$/.test(license) ? false : null;
}

export function termsOf(all: readonly NetworkInfo[]): Terms {
  const networks = all.map(({ role, name, license, source }) =>
    ({ role, name, license, source, commercialUse: allowsCommercialUse(license) }));
  const those = (wanted: boolean | null) => networks.filter(({ commercialUse }) => commercialUse === wanted);
  const [bound, unknown] = [those(false), those(null)];
  const named = (list: NetworkTerms[]) => list.map(({ name, license }) => `${name} (${license})`).join(', ');
  if (bound.length)
    return { networks, commercialUse: false, text: `Not for commercial use: ${named(bound)}.` };
  if (unknown.length)
    return { networks, commercialUse: null, text: `Look at the terms before commercial use: ${named(unknown)}.` };
  const licenses = [...new Set(networks.map(({ license }) => license))].join(', ');
  return { networks, commercialUse: true, text: `Free for any use, commercial use included (${licenses}).` };
}

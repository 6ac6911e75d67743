/** Kind of non-human viewer, from its user agent. */
export type RobotKind = 'crawler' | 'preview' | 'monitor' | 'headless' | 'http-tool';

export interface RobotSettings {
  /** Count plain HTTP clients (curl, scripts, no user agent) as robots, as COUNTER asks; false lets a pasted curl command count. */
  readonly areHttpToolsRobots: boolean;
}

const longestUserAgent = 512;

// A short list of what is common and stable, not a database: the words below catch well over nine in ten honest robots,
// and dishonest ones are priced by the per-network caps of the ranking instead.
const kinds: readonly (readonly [RobotKind, RegExp])[] = [
  [
    'headless',
    /headless|phantomjs|slimerjs|puppeteer|playwright|selenium|webdriver|electron\/|jsdom|prerender/,
  ],
  [
    'preview',
    /facebookexternalhit|whatsapp\/|telegrambot|twitterbot|slackbot|slack-imgproxy|discordbot|linkedinbot|skypeuripreview|embedly|redditbot|pinterestbot|vkshare|iframely/,
  ],
  [
    'monitor',
    /pingdom|uptimerobot|statuscake|site24x7|newrelicpinger|datadog|better ?uptime|googlehc|kube-probe|elb-healthchecker|lighthouse|pagespeed|gtmetrix|checkly|zabbix|nagios/,
  ],
  [
    'crawler',
    /(?<!cu)bot(?:\b|_)|crawl|spider|slurp|archiver|scrap(?:er|y)|mediapartners|feedfetcher|google-(?:read|inspection|extended)|apis-google|yandex\w{0,20}\/|baiduspider|bytespider|gptbot|ccbot|claude-web|anthropic-ai|perplexity|ia_archiver|httrack|semrush|ahrefs|dataprovider|netcraft|censys|nmap|masscan|zgrab/,
  ],
];
const httpTool =
  /^(?:$|curl|wget|libcurl|libwww|lwp|python|aiohttp|httpx|go-http-client|java\/|apache-httpclient|okhttp|axios|node|undici|got\b|ruby|faraday|php|guzzle|postman|insomnia|httpie|dart|perl|rust|reqwest|powershell)/;

/** The kind of robot a user agent confesses to be; undefined for what looks like a person's browser or app. */
export function robotKind(userAgent: string, settings: RobotSettings): RobotKind | undefined {
  const text = userAgent.slice(0, longestUserAgent).toLowerCase();
  const kind = kinds.find(([, pattern]) => pattern.test(text))?.[0];
  if (kind !== undefined) return kind;
  return settings.areHttpToolsRobots && httpTool.test(text) ? 'http-tool' : undefined;
}

import { expect, it } from 'vitest';
import { bucketUrl, isBucketUrl, parseBucketUrl } from '../../../../src/runs/store/bucket/location.js';

it('reads an address in any spelling as one', () => {
  for (const [url, one] of [
    ['s3://models', 's3://models'],
    ['s3://models/', 's3://models'],
    ['s3://models/a/b', 's3://models/a/b'],
    ['S3://models//a/b//', 's3://models/a/b'],
  ] as const)
    expect(bucketUrl(parseBucketUrl(url))).toBe(one);
  expect(bucketUrl(parseBucketUrl('s3://models/a'), 'jobs/1')).toBe('s3://models/a/jobs/1');
});

it('tells buckets from folders', () => {
  expect(['s3://a', 'gs://a', 'https://a/b'].map(isBucketUrl)).toEqual([true, true, true]);
  expect(['runs/store', '/s3/store', './s3:', 'C:\\store', 's3:'].map(isBucketUrl)).not.toContain(true);
});

it('refuses what is no address of a bucket, without a password that is in it', () => {
  expect(() => parseBucketUrl('gs://models/a')).toThrow(
    /"gs:\/\/models\/a" cannot be a store.*AWS_ENDPOINT_URL_S3/,
  );
  for (const url of ['s3://', 's3:///a', 's3://-x/a', 's3://a b/c'])
    expect(() => parseBucketUrl(url)).toThrow(/names no bucket: it must be s3:\/\/BUCKET/);
  expect(() => parseBucketUrl('s3://key:hidden@models/a')).toThrow(/^(?!.*hidden).*"s3:\/\/…@models\/a"/);
});

/** OpenSearch as its own distribution has it, but for the modules that nothing here needs. */
export const openSearchVersion = "2.19.6";

/**
 * What OpenSearch's server and its HTTP transport are made of, from Maven Central, with the SHA-256 of each jar: the
 * closure of org.opensearch:opensearch and org.opensearch.plugin:transport-netty4-client as Maven resolves it, and
 * log4j-core and the plugins' class loader, which the former names as optional.
 */
export const artifacts = `
com.fasterxml.jackson.core:jackson-core:2.18.8 ab865e39f01403598748b090a3bf528616e701913a71afc37a227daa0fabb4ae
com.fasterxml.jackson.dataformat:jackson-dataformat-cbor:2.18.8 af5cdf1b3e6ab98e8178942834e1f903107ab0c5b21a0da4c7e1f49ea3a5a3f5
com.fasterxml.jackson.dataformat:jackson-dataformat-smile:2.18.8 db6123d4c9c7c10a5abf858a9a009a49f849f4e08e2f701b403cf172db85f99f
com.fasterxml.jackson.dataformat:jackson-dataformat-yaml:2.18.8 f2ce4ce2f9d6dacf926fe6cef1fdfc3933608d1a83913c2903bd2ec06b4dcde9
com.github.luben:zstd-jni:1.5.5-5 c78d4e139894f555d956d12fbfcf3d45af751d4b2f183880ed5f99b69b284416
com.google.errorprone:error_prone_annotations:2.45.0 6ba61510e22944e8aec3fe970972d088d8da132a24f2bc817a43c7b70665cc2b
com.google.protobuf:protobuf-java:3.25.5 8540247fad9e06baefa8fb45eb313802d019f485f14300e0f9d6b556ed88e753
com.jcraft:jzlib:1.1.3 89b1360f407381bf61fde411019d8cbd009ebb10cff715f3669017a031027560
com.tdunning:t-digest:3.2 03db291a8887b474f90db67bfb1f92d084e990150037e231babbb374ee11d7c3
io.netty:netty-buffer:4.1.135.Final 2a194f99fc93d07c4d442d04ac71bd2dc56d3188cd0e4270cdc2a953d1956bf9
io.netty:netty-codec:4.1.135.Final 7252171264dbb5bb8ed38e77f89643b31e3cabc96144ec27b6882435d718a61e
io.netty:netty-codec-http:4.1.135.Final 4018529d3d6aecf4044b98c75d9a90c91839ddf49c7aa484c5ac81c90a15da02
io.netty:netty-common:4.1.135.Final 26775ca95820711403cf065fa2ec0134a0a04ff5417c688c0237aee68b55838d
io.netty:netty-handler:4.1.135.Final 245e74e04b6f4e8ef98853152412e3bf1499ce6fcf15329b798c8ce36c3537e2
io.netty:netty-resolver:4.1.135.Final 77dd03865965b6c12b9e521bddec82f035caeb33156e09c158289c5094318481
io.netty:netty-transport:4.1.135.Final 6bde734d1ec073142eed31b1e68cd5d68fbf241e060b37f07a164e5ecb15631c
io.netty:netty-transport-native-unix-common:4.1.135.Final a7895075f112611d1640a596c2678a28aab92d5681c1c14755b109b8998f995e
io.projectreactor:reactor-core:3.7.19 50390c15320c578784f60ea9d4d3f7a3eff9ba90c6567f38c6cce5c9f1f69faa
jakarta.annotation:jakarta.annotation-api:1.3.5 85fb03fc054cdf4efca8efd9b6712bbb418e1ab98241c4539c8585bbc23e1b8a
joda-time:joda-time:2.12.7 385282b005818cfaccdbe8bd2429811e7e641782f2b88932a6b8ff51d668f616
net.java.dev.jna:jna:5.13.0 66d4f819a062a51a1d5627bffc23fac55d1677f0e0a1feba144aabdd670a64bb
net.sf.jopt-simple:jopt-simple:5.0.4 df26cc58f235f477db07f753ba5a3ab243ebe5789d9f89ecf68dd62ea9a66c28
org.apache.logging.log4j:log4j-api:2.25.4 c4b642a7f047275215de117e0e3847eb2c7711d84a0aa7433e7b3c096daf341d
org.apache.logging.log4j:log4j-core:2.25.4 10fee2c0485d54fa44ee75d314f6295508f7b932281873db61a91b88073200e6
org.apache.logging.log4j:log4j-jul:2.25.4 6eecb5a7db1e9600e110c93bc014296871ddcdcf0a732a71b16f1f652ae21d41
org.apache.lucene:lucene-analysis-common:9.12.3 fa571bd7caf0f0b4faf46a72ca004a7836f348c31d92bd522dddcc3d128d287e
org.apache.lucene:lucene-backward-codecs:9.12.3 ce01b8ea5ae485f4c42f2a2e4bde8526adaf3de782238f6b7464c1f3944a36f8
org.apache.lucene:lucene-core:9.12.3 b64a3f8098a7572034fb30085cdee01b34ec81fb0e5a31b471536af58dc6c01b
org.apache.lucene:lucene-grouping:9.12.3 0547523f321b0474c9551dd81dbe06ccd90a205487354a4d4a84cdd4635e28e0
org.apache.lucene:lucene-highlighter:9.12.3 4cfa3c462ddd253bc8663d89afef821daff30dcb5b376a764e4e55b926bca7b9
org.apache.lucene:lucene-join:9.12.3 62d90a550a1117d521cded9504d7c73288bcdbdf691b68d17caf04ad01efbf46
org.apache.lucene:lucene-memory:9.12.3 54ebbfd18e33933a063510d3d0d71ee84adb7d1a8e9eda8c744e7221e5c3ee40
org.apache.lucene:lucene-misc:9.12.3 04e609fba089ff610409e27482fcda3e58740ef479b14ec8e869b41a522f52af
org.apache.lucene:lucene-queries:9.12.3 81c8993da5dcca9da5e4041b623f00169868e37988691434b14fc910c700a30c
org.apache.lucene:lucene-queryparser:9.12.3 5db83a184512fd7a46cf7b34efa997b5f1b28ad1cee26dd665180b19eab0a1b1
org.apache.lucene:lucene-sandbox:9.12.3 21cf9ad1bb97265983c698b9c5eb071b1a4a1d4f0f74b98c6e61ad8f04c5c9d7
org.apache.lucene:lucene-spatial-extras:9.12.3 ed791ac343d6ca92f9b5d1a373fc2a863e3df9785ea2010ec61cea886e452a1d
org.apache.lucene:lucene-spatial3d:9.12.3 e48032b06739b5f15c52fe038c81da075df6967b1bcc37430524ed87ca9d900a
org.apache.lucene:lucene-suggest:9.12.3 c9a8907109668d6313b6b5c4e13913b99d7295e01334a90e90baba9571797097
org.hdrhistogram:HdrHistogram:2.2.2 22d1d4316c4ec13a68b559e98c8256d69071593731da96136640f864fa14fad8
org.jspecify:jspecify:1.0.0 1fad6e6be7557781e4d33729d49ae1cdc8fdda6fe477bb0cc68ce351eafdfbab
org.opensearch:opensearch:2.19.6 1befd40f7ef012f38fd03f33777dd03b3fe2c886a3ca454a4ef12395f7d9215b
org.opensearch:opensearch-cli:2.19.6 10b6c8c1de417266eaffa87e8a7db42a1d7208b3e9bb3886387a1cf33931b58a
org.opensearch:opensearch-common:2.19.6 792a924fd7783d0b665163d2bd690c20b30562d96bde6b382da5c54ec054b9a6
org.opensearch:opensearch-compress:2.19.6 89b21554d3a4fe0936297027be6d301757534b85b08b26febe97752f206c27e9
org.opensearch:opensearch-core:2.19.6 14d308b6830a455f8afd57c1f022d2ba9d22052c272e06bc5aca7284e644596e
org.opensearch:opensearch-geo:2.19.6 201db61cf0b3dfcaeeef7b0eb7995eaa565ed68bfe7aaa40ead902cbf9f9af08
org.opensearch:opensearch-plugin-classloader:2.19.6 66c27b9c63dff32ecae1776a08f4a58081b3f0d442fea84be3825909bb6cc14d
org.opensearch:opensearch-secure-sm:2.19.6 8b8bba756523f00ba815a060a9d82d7305e89e00edec16ecc96e5c3c754041c2
org.opensearch:opensearch-task-commons:2.19.6 359367aec6daecc7eddd2b959f35b44f54ee16f04d63f43ace3a5219aac814c1
org.opensearch:opensearch-telemetry:2.19.6 0b9f584d69cc50633d748847d0ab27e56c680283e80e42065c18d777ce7f9770
org.opensearch:opensearch-x-content:2.19.6 f6aa51b3038b4030f7b9715ebbf937673c9beaaea0a257936da9238f15187f83
org.opensearch.plugin:transport-netty4-client:2.19.6 5a67524df92c464a8ffd731a4f0a7c16daa09e37a3afc8331557fd14882b9ac9
org.reactivestreams:reactive-streams:1.0.4 f75ca597789b3dac58f61857b9ac2e1034a68fa672db35055a8fb4509e325f28
org.roaringbitmap:RoaringBitmap:1.3.0 73443a71a2e2401c7d518a487983539fcaf5f9652efbd178f929e7b6d36881d0
org.yaml:snakeyaml:2.1 69a4537045ddbcaed4c68eef074462eb12d324d7953f62c5ecd35df645e8aec9
`
  .trim()
  .split("\n")
  .map(parse);

export interface Artifact {
  /** Its jar's path in a Maven repository. */
  path: string;
  file: string;
  sha256: string;
}

function parse(line: string): Artifact {
  const [coordinates = "", sha256 = ""] = line.split(" ");
  const [group = "", artifact = "", version = ""] = coordinates.split(":");
  const file = `${artifact}-${version}.jar`;
  return { path: `${group.replaceAll(".", "/")}/${artifact}/${version}/${file}`, file, sha256 };
}

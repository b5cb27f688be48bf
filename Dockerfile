# antitransfer on the CPU: docker build --tag antitransfer .
#
# The first stage builds and packs both packages; the second installs them as whoever uses them does, with what a store in a
# bucket and a queue want.

FROM node:22.21-bookworm-slim AS build
WORKDIR /build
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY . .
RUN npm ci --ignore-scripts && npm run build \
  && mkdir /packed && npm pack --pack-destination /packed -w onnx-autograd -w antitransfer --ignore-scripts

FROM node:22.21-bookworm-slim
WORKDIR /opt/antitransfer
ENV NODE_ENV=production ONNXRUNTIME_NODE_INSTALL=skip
RUN --mount=type=bind,from=build,source=/packed,target=/packed \
  npm init --yes > /dev/null \
  && npm install --ignore-scripts --omit=dev --no-audit --no-fund /packed/*.tgz @aws-sdk/client-s3@^3.1175.0 bullmq@^6.7.0 \
  && npm cache clean --force \
  && mkdir -p /cache /store /work && chown node:node /cache /store /work
ENV PATH=/opt/antitransfer/node_modules/.bin:$PATH \
  ANTITRANSFER_CACHE=/cache \
  ANTITRANSFER_STORE=/store
USER 1000
WORKDIR /work
ENTRYPOINT ["antitransfer"]
CMD ["--help"]

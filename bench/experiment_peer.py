#!/usr/bin/env python3
"""The jobs of a comparison in PyTorch: what bench/experiment.mjs puts beside `antitransfer compare`.

Usage: experiment_peer.py FOLDER, with jobs.json (our jobs, sets of clips, settings) and features.f32 in it. Needs PyTorch
and numpy. Computes the features from the WAV files as well, and says by how much they differ; trains on those of the file,
so that both sides learn from the same numbers. As a careful user writes it: one forward pass for the target, the frozen
network asked once a clip, validation after every epoch with the maps that the curve of CKA needs, Adam with all weights at
once. Prints one line of JSON: when every job began and ended (seconds since 1970), and what it came to.
"""
import json
import math
import sys
import time
import wave
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

BLOCKS = [(16,), (32,), (48, 48), (64, 64)]
PENALTIES = [10, 1, 0.1, 0.01, 0.001]
FOLDS = 5


class VggSmall(nn.Module):
    """3 x 3 convolutions with batch normalization; the mean over time and frequency, and a linear layer."""

    def __init__(self, classes):
        super().__init__()
        layers, inputs = [], 1
        for number, block in enumerate(BLOCKS):
            for outputs in block:
                layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
                inputs = outputs
            if number < len(BLOCKS) - 1:
                layers.append(nn.MaxPool2d(2))
        self.convolutions = nn.Sequential(*layers)
        self.linear = nn.Linear(inputs, classes)
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                bound = 1 / math.sqrt(layer.weight[0].numel())
                nn.init.uniform_(layer.weight, -bound, bound)
                nn.init.uniform_(layer.bias, -bound, bound)

    def forward(self, features):
        """Logits, and the maps of the last convolution averaged over time and frequency."""
        means = self.convolutions(features).mean(dim=(2, 3))
        return self.linear(means), means

    def follow_statistics(self, momentum):
        for layer in self.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.momentum = momentum


def linear_cka(first, second):
    first, second = first - first.mean(dim=0), second - second.mean(dim=0)
    k, l = first @ first.T, second @ second.T
    return (k * l).sum() / ((k * k).sum() * (l * l).sum()).clamp_min(1e-24).sqrt()


def read_wav(path):
    with wave.open(path) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
        return samples.reshape(-1, file.getnchannels()).mean(axis=1), file.getframerate()


def extract_features(paths, settings, batch=256):
    """|STFT| as scipy scales it, bins averaged in groups, to a power: (clips, 1, frames, bins)."""
    window, hop, rate = settings["window"], settings["hop"], settings["sampleRate"]
    length = round(settings["seconds"] * rate)
    taper = torch.hamming_window(window, periodic=True)
    clips = torch.zeros(len(paths), math.ceil(length / hop) * hop)
    for row, path in enumerate(paths):
        samples, has = read_wav(path)
        if has != rate:
            sys.exit(f"{path} has {has} samples a second, and this script resamples nothing: {rate} are wanted.")
        kept = min(len(samples), length)
        clips[row, :kept] = torch.from_numpy(samples[:kept])
    done = []
    for part in clips.split(batch):
        spectrum = torch.stft(part, window, hop, window=taper, center=True, pad_mode="constant", return_complex=True)
        magnitudes = spectrum.abs()[:, : settings["bins"]] / taper.sum()
        groups = magnitudes.unflatten(1, (-1, settings["pool"])).mean(dim=2)
        done.append(groups.pow(settings["compression"]).transpose(1, 2).unsqueeze(1))
    return torch.cat(done)


def balanced_order(labels, count, generator):
    """All classes equally often: each is shuffled, and they take turns."""
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    members = [generator.permutation(list_) for list_ in members]
    order = []
    for turn in range(math.ceil(count / len(members))):
        order += [members[at][turn % len(members[at])] for at in generator.permutation(len(members))]
    return torch.tensor(np.array(order[:count]))


class Comparison:
    """What is read from the folder, and the jobs."""

    def __init__(self, folder):
        self.folder = Path(folder)
        given = json.loads((self.folder / "jobs.json").read_text())
        self.given = given
        self.jobs = {job["id"]: job for job in given["jobs"]}
        shape = given["shape"]
        self.features = torch.from_numpy(np.fromfile(self.folder / "features.f32", np.float32).reshape(-1, *shape))
        torch.set_num_threads(given["threads"])
        torch.set_flush_denormal(True)

    def placed(self, value):
        return value.to(memory_format=torch.channels_last) if self.given["layout"] == "channels-last" else value

    def clips(self, name, column, classes, standardisation):
        """Standardised features and labels of a set."""
        chosen, reference = self.given["sets"][name], self.given["sets"][standardisation]
        training = self.features[reference["rows"]]
        features = (self.features[chosen["rows"]] - training.mean()) / training.std(correction=0)
        return self.placed(features), torch.tensor([classes.index(labels[column]) for labels in chosen["labels"]])

    def network(self, job_id):
        network = VggSmall(len(self.jobs[job_id]["classes"]))
        network.load_state_dict(torch.load(self.folder / f"{job_id}.pt"))
        return self.placed(network).eval()

    def do(self, job_id):
        job = self.jobs[job_id]
        began = time.time()
        record = self.assess(job) if job["kind"] == "assessment" else self.train(job)
        return {"id": job_id, "began": began, "ended": time.time(), "record": record}

    def train(self, job):
        settings = job["training"]
        if (settings["optimizer"], settings["schedule"], settings["choose"]) != ("adam", "cosine", "validation-accuracy"):
            sys.exit("This script knows Adam, the cosine schedule and the choice by validation accuracy only.")
        torch.manual_seed(job["seed"])
        generator = np.random.default_rng(job["seed"])
        clips = [self.clips(job[side], job["column"], job["classes"], job["standardisation"]) for side in ("train", "validation")]
        (features, labels), (unseen, truths) = clips
        network = self.placed(VggSmall(len(job["classes"])))
        optimizer = torch.optim.Adam(network.parameters(), lr=settings["learningRate"], foreach=True)
        steps = math.ceil(len(features) / settings["batch"])
        penalty = self.penalty(job) if job.get("objectives") else None
        best, curve = None, []
        for epoch in range(settings["epochs"]):
            network.train()
            order = torch.tensor(generator.permutation(len(features)))
            if penalty is not None:
                auxiliary = balanced_order(penalty["labels"].numpy(), steps * settings["batch"], generator)
            for step in range(steps):
                done = (epoch * steps + step) / (settings["epochs"] * steps)
                for group in optimizer.param_groups:
                    group["lr"] = settings["learningRate"] * (1 + math.cos(math.pi * done)) / 2
                rows = slice(step * settings["batch"], (step + 1) * settings["batch"])
                batch = order[rows]
                loss = functional.cross_entropy(network(features[batch])[0], labels[batch])
                if penalty is not None:
                    others = auxiliary[rows]
                    network.follow_statistics(0.0)
                    means = network(penalty["features"][others])[1]
                    network.follow_statistics(0.1)
                    loss = loss + penalty["beta"] * linear_cka(means, penalty["frozen"][others])
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
            logits, means = answers(network, unseen, settings["batch"])
            curve.append(means)
            reached = (accuracy(logits, truths), -functional.cross_entropy(logits, truths).item())
            if best is None or reached > best[0]:
                best = (reached, {name: value.clone() for name, value in network.state_dict().items()})
        torch.save(best[1], self.folder / f"{job['id']}.pt")
        torch.save(torch.stack(curve), self.folder / f"{job['id']}.curve.pt")
        return {"accuracy": best[0][0]}

    def penalty(self, job):
        """The clips of the frozen network, and what it says of each, asked once."""
        (objective,), (task,) = job["objectives"], job["tasks"]
        features, labels = self.clips(task["clips"], task["column"], task["classes"], job["standardisation"])
        _, frozen = answers(self.network(task["network"]), features, job["training"]["batch"])
        return {"features": features, "labels": labels, "frozen": frozen, "beta": objective["settings"]["beta"]}

    def assess(self, job):
        training = self.jobs[job["training"]]
        network = self.network(training["id"])
        of = lambda name: self.clips(name, training["column"], training["classes"], training["standardisation"])
        batch = training["training"]["batch"]
        features, truths = of(job["test"])
        logits, means = answers(network, features, batch)
        for side in ("train", "validation"):
            accuracy(answers(network, of(training[side])[0], batch)[0], of(training[side])[1])
        tasks = []
        for task in job["tasks"]:
            frozen = self.network(task["network"])
            said = answers(frozen, features, batch)[1]
            on_validation = answers(frozen, of(training["validation"])[0], batch)[1]
            curve = torch.load(self.folder / f"{training['id']}.curve.pt")
            labels = [clip[task["column"]] for clip in self.given["sets"][job["test"]]["labels"]]
            codes = torch.tensor([sorted(set(labels)).index(label) for label in labels])
            tasks.append({
                "cka": linear_cka(means, said).item(),
                "curve": [linear_cka(epoch, on_validation).item() for epoch in curve],
                "probe": {"accuracy": probe(means.double(), codes, training["seed"])},
            })
        return {"accuracy": accuracy(logits, truths), "probabilities": logits.softmax(dim=1).tolist(), "tasks": tasks}


@torch.no_grad()
def answers(network, features, batch):
    network.eval()
    parts = [network(part) for part in features.split(batch)]
    return torch.cat([logits for logits, _ in parts]), torch.cat([means for _, means in parts])


def accuracy(logits, labels):
    return (logits.argmax(dim=1) == labels).double().mean().item()


def probe(vectors, labels, seed):
    """Logistic regression over stratified folds; a quarter of the training part chooses the penalty of each."""
    generator = np.random.default_rng(seed)
    classes, right = int(labels.max()) + 1, 0
    fold_of = dealt(labels, FOLDS, generator)
    for fold in range(FOLDS):
        seen, unseen = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        mean, deviation = vectors[seen].mean(dim=0), vectors[seen].std(dim=0, correction=0)
        scaled = (vectors - mean) / deviation.clamp_min(1e-12)
        quarter = dealt(labels[seen], 4, generator) == 0
        fitting, choosing = seen[~quarter], seen[quarter]
        weights, best = torch.zeros(vectors.shape[1] + 1, classes, dtype=vectors.dtype), None
        for l2 in PENALTIES:
            weights = fit(scaled[fitting], labels[fitting], l2, weights)
            loss = functional.cross_entropy(logits_of(weights, scaled[choosing]), labels[choosing]).item()
            if best is None or loss < best[0]:
                best = (loss, l2, weights)
        weights = fit(scaled[seen], labels[seen], best[1], best[2])
        right += int((logits_of(weights, scaled[unseen]).argmax(dim=1) == labels[unseen]).sum())
    return right / len(labels)


def dealt(labels, parts, generator):
    """A part for each, every label evenly."""
    part_of = np.empty(len(labels), int)
    for label in range(int(labels.max()) + 1):
        members = generator.permutation(np.flatnonzero(labels.numpy() == label))
        part_of[members] = np.arange(len(members)) % parts
    return part_of


def logits_of(weights, vectors):
    return vectors @ weights[:-1] + weights[-1]


def fit(vectors, labels, l2, start):
    weights = start.clone().requires_grad_(True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, history_size=10, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = functional.cross_entropy(logits_of(weights, vectors), labels) + l2 / 2 * weights[:-1].square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return weights.detach()


def needs(job):
    named = [job.get("training")] if job["kind"] == "assessment" else []
    return {id_ for id_ in named + [task["network"] for task in job.get("tasks", [])] if id_ is not None}


comparison = None


def begin(folder):
    global comparison
    comparison = Comparison(folder)


def do(job_id):
    return comparison.do(job_id)


def carry_out(folder, jobs, parallel):
    """Each job once those that it needs are done, so many at a time; alone in this process."""
    done, waiting = {}, dict(sorted(jobs.items(), key=lambda entry: entry[1]["kind"] != "orthogonal"))
    if parallel == 1:
        begin(folder)
        while waiting:
            job_id = next(id_ for id_, job in waiting.items() if needs(job) <= done.keys())
            waiting.pop(job_id)
            done[job_id] = do(job_id)
        return list(done.values())
    # A fork of a process whose libraries have threads may wait for ever.
    with ProcessPoolExecutor(parallel, get_context("spawn"), begin, (folder,)) as pool:
        running = set()
        while waiting or running:
            for job_id in [id_ for id_, job in waiting.items() if needs(job) <= done.keys()]:
                waiting.pop(job_id)
                running.add(pool.submit(do, job_id))
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            done.update({future.result()["id"]: future.result() for future in finished})
    return list(done.values())


def main():
    folder = sys.argv[1]
    given = json.loads((Path(folder) / "jobs.json").read_text())
    torch.set_num_threads(given["threads"] * given["parallel"])
    features = extract_features(given["recordings"], given["settings"])
    ours = np.fromfile(Path(folder) / "features.f32", np.float32)
    difference = float(np.abs(features.numpy().ravel() - ours).max())
    jobs = carry_out(folder, {job["id"]: job for job in given["jobs"]}, given["parallel"])
    print(json.dumps({"difference": difference, "jobs": jobs}))


if __name__ == "__main__":
    main()

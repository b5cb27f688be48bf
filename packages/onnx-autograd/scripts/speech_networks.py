"""Networks for speech as their papers describe them, narrow enough to be checked in seconds."""

import torch
from torch import nn


class M5(nn.Sequential):
    """Dai et al. 2017: convolutions on the raw waveform, (batch, 1, samples)."""

    def __init__(self, classes=10, channels=32):
        def block(inputs, outputs, kernel, stride=1):
            return [nn.Conv1d(inputs, outputs, kernel, stride), nn.BatchNorm1d(outputs), nn.ReLU(), nn.MaxPool1d(4)]

        super().__init__(
            *block(1, channels, 80, 4),
            *block(channels, channels, 3),
            *block(channels, 2 * channels, 3),
            *block(2 * channels, 2 * channels, 3),
            nn.AdaptiveAvgPool1d(1),
            nn.Flatten(),
            nn.Linear(2 * channels, classes),
        )


class DsCnn(nn.Sequential):
    """Zhang et al. 2017: keyword spotting with depthwise separable convolutions, (batch, 1, frames, coefficients)."""

    def __init__(self, classes=10, channels=64):
        layers = [nn.Conv2d(1, channels, (10, 4), 2, (5, 1), bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
        for _ in range(4):
            layers += [nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)]
            layers += [nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels, 1, bias=False)]
            layers += [nn.BatchNorm2d(channels), nn.ReLU()]
        super().__init__(*layers, nn.AvgPool2d((25, 5)), nn.Flatten(), nn.Dropout(0.2), nn.Linear(channels, classes))


class Tdnn(nn.Module):
    """Snyder et al. 2018, x-vectors: dilated convolutions over time, then mean and deviation, (batch, features, frames)."""

    def __init__(self, classes=10, features=24, channels=64, embedding=64):
        super().__init__()
        layers = []
        shape = [(features, 5, 1), (channels, 3, 2), (channels, 3, 3), (channels, 1, 1)]
        for inputs, kernel, dilation in shape:
            layers += [nn.Conv1d(inputs, channels, kernel, dilation=dilation), nn.ReLU(), nn.BatchNorm1d(channels)]
        self.frames = nn.Sequential(*layers)
        self.segment = nn.Linear(2 * channels, embedding)
        self.classifier = nn.Linear(embedding, classes)

    def forward(self, x):
        x = self.frames(x)
        mean = x.mean(dim=2)
        deviation = torch.sqrt(((x - mean.unsqueeze(2)) ** 2).mean(dim=2) + 1e-5)
        return self.classifier(torch.relu(self.segment(torch.cat([mean, deviation], dim=1))))


class SqueezeExcitationBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.squeeze = nn.Linear(outputs, outputs // 4)
        self.excite = nn.Linear(outputs // 4, outputs)
        self.activation = nn.PReLU(outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride) if inputs != outputs or stride != 1 else nn.Identity()

    def forward(self, x):
        y = self.second_norm(self.second(torch.relu(self.first_norm(self.first(x)))))
        scale = torch.sigmoid(self.excite(torch.relu(self.squeeze(y.mean(dim=(2, 3))))))
        return self.activation(y * scale.view(x.size(0), -1, 1, 1) + self.shortcut(x))


class SqueezeExcitationResnet(nn.Sequential):
    """Hu et al. 2018, on log-mel spectrograms, (batch, 1, bands, frames)."""

    def __init__(self, classes=10, channels=16):
        super().__init__(
            nn.InstanceNorm2d(1, affine=True),
            SqueezeExcitationBlock(1, channels, 1),
            SqueezeExcitationBlock(channels, 2 * channels, 2),
            SqueezeExcitationBlock(2 * channels, 2 * channels, 1),
            nn.AdaptiveMaxPool2d(1),
            nn.Flatten(),
            nn.Linear(2 * channels, classes),
        )

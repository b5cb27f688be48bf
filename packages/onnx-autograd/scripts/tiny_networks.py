"""Networks of a few hundred weights whose exports have what the large ones have; they are fixtures of the tests."""

import torch
from torch import nn
from torch.nn import functional

import speech_networks as speech


class Shuffle(nn.Module):
    """Channels split in two (ShuffleNet), exchanged by shapes that are computed in the graph, concatenated, max-pooled."""

    def __init__(self, classes=3):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(1, 8, 3, 2, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.branch = nn.Sequential(nn.Conv2d(4, 4, 3, 1, 1, groups=4), nn.BatchNorm2d(4), nn.ELU())
        self.classifier = nn.Linear(8, classes)

    def forward(self, x):
        x = functional.max_pool2d(self.first(x), 3, 2, 1)
        left, right = x.split(4, dim=1)
        x = torch.cat([left, self.branch(right)], dim=1)
        batch, channels, height, width = x.size()
        x = x.view(batch, 2, channels // 2, height, width).transpose(1, 2).contiguous().view(batch, -1, height, width)
        return functional.log_softmax(self.classifier(x.mean(dim=(2, 3))), dim=1)


class Mobile(nn.Module):
    """Inverted residuals with squeeze-and-excitation, hard swish and hard sigmoid (MobileNet v3)."""

    def __init__(self, classes=3):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4), nn.Hardswish())
        self.expand = nn.Sequential(nn.Conv2d(4, 8, 1, bias=False), nn.BatchNorm2d(8), nn.Hardswish())
        self.depthwise = nn.Sequential(nn.Conv2d(8, 8, 3, 1, 1, groups=8, bias=False), nn.BatchNorm2d(8), nn.ReLU6())
        self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 4, 1), nn.ReLU(), nn.Conv2d(4, 8, 1))
        self.project = nn.Sequential(nn.Conv2d(8, 4, 1, bias=False), nn.BatchNorm2d(4))
        self.classifier = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(4, classes))

    def forward(self, x):
        x = self.first(x)
        y = self.depthwise(self.expand(x))
        return self.classifier(x + self.project(y * functional.hardsigmoid(self.squeeze(y))))


class Modern(nn.Module):
    """Layer normalization over channels, GELU, a learned scale (ConvNeXt), group normalization and resizing."""

    def __init__(self, classes=3):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 2, 2)
        self.depthwise = nn.Conv2d(4, 4, 3, padding=1, groups=4)
        self.norm = nn.LayerNorm(4)
        self.wide, self.narrow = nn.Linear(4, 8), nn.Linear(8, 4)
        self.scale = nn.Parameter(torch.full((4, 1, 1), 0.3))
        self.groups = nn.GroupNorm(2, 4)
        self.classifier = nn.Linear(4, classes)

    def forward(self, x):
        x = self.stem(x)
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        x = x + self.scale * self.narrow(functional.gelu(self.wide(y))).permute(0, 3, 1, 2)
        x = functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        x = functional.silu(self.groups(functional.interpolate(x, size=(5, 6), mode="nearest")))
        return self.classifier(x.amax(dim=(2, 3)))


# As in model-zoo.py.
NETWORKS = {
    "tiny_tdnn": (lambda: speech.Tdnn(3, 6, 4, 8), (6, 20), 11, 1),
    "tiny_shuffle": (Shuffle, (1, 12, 11), 12, 1),
    "tiny_se_resnet": (lambda: speech.SqueezeExcitationResnet(3, 4), (1, 8, 6), 13, 1),
    "tiny_mobile": (Mobile, (1, 9, 8), 14, 1),
    "tiny_modern": (Modern, (1, 8, 6), 17, 1),
}

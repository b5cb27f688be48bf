"""Networks for sound as people train them today, small enough to be checked in seconds; written here from their papers."""

import torch
from torch import nn
from torch.nn import functional


class BcBlock(nn.Module):
    """Broadcasted residual block (Kim et al. 2021): frequency as an image, time as a line that is added to it."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.frequency = nn.Sequential(
            nn.Conv2d(channels, channels, (3, 1), padding=(1, 0), groups=channels, bias=False), nn.BatchNorm2d(channels)
        )
        self.time = nn.Sequential(
            nn.Conv2d(channels, channels, (1, 3), padding=(0, dilation), dilation=(1, dilation), groups=channels, bias=False),
            nn.BatchNorm2d(channels),
            nn.SiLU(),
            nn.Conv2d(channels, channels, 1, bias=False),
        )

    def forward(self, x):
        y = self.frequency(x)
        return torch.relu(x + y + self.time(y.mean(dim=2, keepdim=True)))


class BcResNet(nn.Sequential):
    """(batch, 1, bands, frames)"""

    def __init__(self, classes=10, channels=8):
        super().__init__(
            nn.Conv2d(1, channels, 5, (2, 1), 2, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            BcBlock(channels, 1),
            BcBlock(channels, 2),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(channels, classes),
        )


class Res2Block(nn.Module):
    """Res2Net block with squeeze and excitation, as in ECAPA-TDNN (Desplanques et al. 2020)."""

    def __init__(self, channels, dilation, scale=4):
        super().__init__()
        width = channels // scale
        self.width = width
        self.enter, self.leave = (nn.Sequential(nn.Conv1d(channels, channels, 1), nn.ReLU(), nn.BatchNorm1d(channels)) for _ in "ab")
        self.steps = nn.ModuleList(
            nn.Sequential(nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation), nn.ReLU(), nn.BatchNorm1d(width))
            for _ in range(scale - 1)
        )
        self.squeeze = nn.Sequential(nn.Linear(channels, channels // 4), nn.ReLU(), nn.Linear(channels // 4, channels), nn.Sigmoid())

    def forward(self, x):
        first, *parts = torch.split(self.enter(x), self.width, dim=1)
        done = [first]
        for part, step in zip(parts, self.steps):
            done.append(step(part if len(done) == 1 else part + done[-1]))
        y = self.leave(torch.cat(done, dim=1))
        return x + y * self.squeeze(y.mean(dim=2)).unsqueeze(2)


class EcapaTdnn(nn.Module):
    """With attentive statistics pooling, (batch, features, frames)."""

    def __init__(self, classes=10, features=24, channels=32):
        super().__init__()
        self.first = nn.Sequential(nn.Conv1d(features, channels, 5, padding=2), nn.ReLU(), nn.BatchNorm1d(channels))
        self.blocks = nn.ModuleList([Res2Block(channels, 2), Res2Block(channels, 3)])
        self.join = nn.Conv1d(2 * channels, channels, 1)
        self.attention = nn.Sequential(nn.Conv1d(channels, 16, 1), nn.Tanh(), nn.Conv1d(16, channels, 1), nn.Softmax(dim=2))
        self.classifier = nn.Sequential(nn.BatchNorm1d(2 * channels), nn.Linear(2 * channels, classes))

    def forward(self, x):
        outputs = [self.first(x)]
        for block in self.blocks:
            outputs.append(block(outputs[-1]))
        x = torch.relu(self.join(torch.cat(outputs[1:], dim=1)))
        weights = self.attention(x)
        mean = (x * weights).sum(dim=2)
        deviation = torch.sqrt(((x**2 * weights).sum(dim=2) - mean**2).clamp(min=1e-4))
        return self.classifier(torch.cat([mean, deviation], dim=1))


class Cnn14Like(nn.Module):
    """Kong et al. 2020 (PANNs), narrow: (batch, 1, frames, bands); batch normalization over the bands first."""

    def __init__(self, classes=10, bands=32, channels=(8, 16, 32)):
        super().__init__()
        self.bands = nn.BatchNorm2d(bands)
        pairs = zip((1, *channels), channels)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                *(layer for a, b in ((i, o), (o, o)) for layer in (nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU())),
                nn.AvgPool2d(2),
            )
            for i, o in pairs
        )
        self.hidden, self.classifier = nn.Linear(channels[-1], channels[-1]), nn.Linear(channels[-1], classes)

    def forward(self, x):
        x = self.bands(x.transpose(1, 3)).transpose(1, 3)
        for block in self.blocks:
            x = block(x)
        x = x.mean(dim=3)
        return self.classifier(torch.relu(self.hidden(x.max(dim=2).values + x.mean(dim=2))))


class AstLike(nn.Module):
    """Gong et al. 2021: overlapping patches of a spectrogram, two learned tokens, a transformer; (batch, 1, bands, frames)."""

    def __init__(self, classes=10, width=32, patches=15):
        super().__init__()
        self.patch = nn.Conv2d(1, width, 8, 6)
        self.cls, self.dist = (nn.Parameter(0.02 * torch.randn(1, 1, width)) for _ in "ab")
        self.position = nn.Parameter(0.02 * torch.randn(1, patches + 2, width))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(width, 4, 64, 0.0, "gelu", batch_first=True, norm_first=True) for _ in range(2)
        )
        self.norm, self.classifier = nn.LayerNorm(width), nn.Linear(width, classes)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        tokens = [token.expand(x.size(0), -1, -1) for token in (self.cls, self.dist)]
        x = torch.cat([*tokens, x], dim=1) + self.position
        for layer in self.layers:
            x = layer(x)
        x = self.norm(x)
        return self.classifier((x[:, 0] + x[:, 1]) / 2)


class Wav2vecFrontEnd(nn.Module):
    """Baevski et al. 2020: convolutions on the waveform, group normalization behind the first, (batch, 1, samples)."""

    def __init__(self, classes=10, channels=16):
        super().__init__()
        self.first, self.norm = nn.Conv1d(1, channels, 10, 5, bias=False), nn.GroupNorm(channels, channels)
        self.others = nn.ModuleList(nn.Conv1d(channels, channels, kernel, 2, bias=False) for kernel in (3, 3, 2))
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x):
        x = functional.gelu(self.norm(self.first(x)))
        for convolution in self.others:
            x = functional.gelu(convolution(x))
        return self.classifier(x.mean(dim=2))


class Crnn(nn.Module):
    """Sound event detection: convolutions, a recurrent layer in both directions, (batch, 1, frames, bands)."""

    def __init__(self, recurrent=nn.GRU, classes=10, channels=16, hidden=16):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU(), nn.MaxPool2d((1, 4)),
            nn.Conv2d(channels, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU(), nn.MaxPool2d((2, 4)),
        )
        self.recurrent = recurrent(2 * channels, hidden, batch_first=True, bidirectional=True)
        self.classifier = nn.Linear(2 * hidden, classes)

    def forward(self, x):
        x = self.layers(x).permute(0, 2, 1, 3).flatten(2)
        return self.classifier(self.recurrent(x)[0].mean(dim=1))


class CrnnLstm(Crnn):
    def __init__(self):
        super().__init__(nn.LSTM)


class ConformerBlock(nn.Module):
    """Gulati et al. 2020: half a feed-forward layer, attention, gated convolution, the other half; (batch, frames, features)."""

    def __init__(self, classes=10, width=24):
        super().__init__()

        def feed_forward():
            return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width))

        self.before, self.behind = feed_forward(), feed_forward()
        self.attention_norm, self.attention = nn.LayerNorm(width), nn.MultiheadAttention(width, 4, batch_first=True)
        self.convolution_norm = nn.LayerNorm(width)
        self.convolution = nn.Sequential(
            nn.Conv1d(width, 2 * width, 1), nn.GLU(dim=1), nn.Conv1d(width, width, 7, padding=3, groups=width),
            nn.BatchNorm1d(width), nn.SiLU(), nn.Conv1d(width, width, 1),
        )
        self.norm, self.classifier = nn.LayerNorm(width), nn.Linear(width, classes)

    def forward(self, x):
        x = x + self.before(x) / 2
        y = self.attention_norm(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        x = x + self.convolution(self.convolution_norm(x).transpose(1, 2)).transpose(1, 2)
        x = x + self.behind(x) / 2
        return self.classifier(self.norm(x).mean(dim=1))


# name: (constructor, shape of one sample)
NETWORKS = {
    "bc_resnet": (BcResNet, (1, 24, 20)),
    "ecapa_tdnn": (EcapaTdnn, (24, 40)),
    "cnn14_like": (Cnn14Like, (1, 32, 32)),
    "ast_like": (AstLike, (1, 32, 22)),
    "wav2vec_front_end": (Wav2vecFrontEnd, (1, 800)),
    "crnn_gru": (Crnn, (1, 20, 32)),
    "crnn_lstm": (CrnnLstm, (1, 20, 32)),
    "conformer_block": (ConformerBlock, (20, 24)),
}

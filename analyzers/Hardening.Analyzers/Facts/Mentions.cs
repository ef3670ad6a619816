using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Facts;

/// <summary>Where a document uses a name. A tree never changes, so an editor reads again only what was typed.</summary>
internal static class Mentions
{
    private static readonly ConditionalWeakTable<SyntaxTree, Words> All = new();

    /// <summary>Whether the letters stand anywhere in the document, as a part of whatever.</summary>
    public static bool Any(string letters, SyntaxTree tree) => tree.GetText().ToString().IndexOf(letters, StringComparison.Ordinal) >= 0;

    /// <summary>Whether one of the texts stands anywhere in the document.</summary>
    public static bool Any(ImmutableArray<string> texts, SyntaxTree tree) => Any(texts, tree.GetText().ToString());

    /// <summary>Whether one of the texts stands in the node. Read from the characters, so no node below it is made.</summary>
    public static bool Any(ImmutableArray<string> texts, SyntaxNode node) => Any(texts, node.SyntaxTree.GetText().ToString(node.Span));

    /// <summary>The places where the name stands for something that is used, from the first on: no declarations.</summary>
    public static IEnumerable<SimpleNameSyntax> Of(string name, SyntaxTree tree)
    {
        foreach (var place in All.GetValue(tree, static tree => new Words(tree.GetText())).Of(name))
        {
            // In a comment the word belongs to the token that follows.
            var token = tree.GetRoot().FindToken(place);
            if (token.Span.Contains(place) && token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == name && token.Parent is SimpleNameSyntax used)
            {
                yield return used;
            }
        }
    }

    private static bool Any(ImmutableArray<string> texts, string text)
    {
        foreach (var wanted in texts)
        {
            if (text.IndexOf(wanted, StringComparison.Ordinal) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Each word of a text, by its hash and then its place. Read from the characters: a walk over the tokens makes every node of every document.
    /// </summary>
    private sealed class Words
    {
        private const int ChunkLength = 4096;

        // FNV-1a.
        private const uint Seed = 2166136261;
        private const uint Prime = 16777619;

        private readonly long[] _words;

        public Words(SourceText text)
        {
            var words = new List<long>(text.Length / 8);
            var chunk = new char[ChunkLength];
            var (hash, begin) = (Seed, -1);
            for (var start = 0; start < text.Length; start += ChunkLength)
            {
                var length = Math.Min(ChunkLength, text.Length - start);
                text.CopyTo(start, chunk, 0, length);
                for (var i = 0; i < length; i++)
                {
                    if (SyntaxFacts.IsIdentifierPartCharacter(chunk[i]))
                    {
                        begin = begin < 0 ? start + i : begin;
                        hash = (hash ^ chunk[i]) * Prime;
                    }
                    else if (begin >= 0)
                    {
                        words.Add(Key(hash, begin));
                        (hash, begin) = (Seed, -1);
                    }
                }
            }

            if (begin >= 0)
            {
                words.Add(Key(hash, begin));
            }

            words.Sort();
            _words = [.. words];
        }

        public IEnumerable<int> Of(string name)
        {
            var hash = Seed;
            foreach (var letter in name)
            {
                hash = (hash ^ letter) * Prime;
            }

            var first = Array.BinarySearch(_words, Key(hash, 0));
            for (var i = first < 0 ? ~first : first; i < _words.Length && (uint)(_words[i] >> 32) == hash; i++)
            {
                yield return (int)_words[i];
            }
        }

        private static long Key(uint hash, int place) => ((long)hash << 32) | (uint)place;
    }
}
